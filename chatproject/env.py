"""Everything the environment may say, typed, checked at once."""

import secrets
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from chat.delivery.servers import servers
from chat.limits import Limits

ROOT = Path(__file__).resolve().parent.parent


class Environment(BaseSettings):
    """The settings an operator can change; names are the environment variables in capitals.

    Empty variables count as unset. Raises `pydantic.ValidationError` that lists every mistake.
    """

    model_config = SettingsConfigDict(
        extra="ignore", env_ignore_empty=True, env_nested_delimiter="_", env_nested_max_split=1, env_file=None
    )

    debug: bool = Field(False, description="Development mode: tracebacks in the browser, no secure cookies")
    port: int = Field(8000, ge=1, le=65535, description="Port that `bin/run` listens on")
    host: str = Field("127.0.0.1", description="Address that `bin/run` listens on")
    workers: int = Field(2, ge=1, le=64, description="Daphne workers")
    data_dir: Path = Field(ROOT / "var", description="Where the database, the secret and run-time files live")
    database_url: str = Field("", description="`sqlite:///path` or `postgres://...`; default SQLite in DATA_DIR")
    redis_url: str = Field(
        "",
        description="`redis://...`, `unix://...` or `redis+sentinel://...`, one or several; none: workers are alone",
    )
    secret_key: str = Field("", description="Django's secret; default: made once and kept in DATA_DIR")
    allowed_hosts: Annotated[list[str], NoDecode] = Field(
        default=["localhost", "127.0.0.1", "[::1]"], description="Host names that serve Parley, comma-separated"
    )
    https: bool = Field(False, description="Served over HTTPS: secure cookies, HSTS")
    trusted_proxy: bool = Field(False, description="A proxy in front overwrites X-Real-IP and X-Forwarded-Proto")
    registration: Literal["open", "closed"] = Field("open", description="Whether strangers may make an account")
    server_name: str = Field("Parley", max_length=60, description="The name people see on the page")
    email_url: str = Field("", description="`smtp://user:password@host:port`; default: mail is printed")
    canary_seconds: float = Field(0, ge=0, le=3600, description="Seconds between self-checks of delivery; 0: none")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="What is logged, at least")
    limit: Limits = Field(default_factory=lambda: Limits.model_validate({}))

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def split_hosts(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("redis_url")
    @classmethod
    def known_servers(cls, value: str) -> str:
        if value:
            servers(value)
        return value

    @field_validator("data_dir")
    @classmethod
    def absolute(cls, value: Path) -> Path:
        return value.resolve()

    def database(self) -> str:
        """The URL of the database in use."""
        return self.database_url or f"sqlite:///{self.data_dir / 'parley.sqlite3'}"

    def secret(self) -> str:
        """The configured secret, else one made at first need and kept (mode 600) in DATA_DIR."""
        if self.secret_key:
            return self.secret_key
        path = self.data_dir / "secret_key"
        self.data_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            # Linked into place whole, so that of two processes starting at once both read the same secret.
            with NamedTemporaryFile("w", dir=self.data_dir, prefix="secret_key.") as fresh:
                fresh.write(secrets.token_urlsafe(50))
                fresh.flush()
                with suppress(FileExistsError):
                    path.hardlink_to(fresh.name)
        return path.read_text()


def read() -> Environment:
    """The environment of this process; on mistakes prints them all and ends with status 2."""
    try:
        return Environment()
    except ValidationError as mistakes:
        print("The environment is not usable:", file=sys.stderr)
        for mistake in mistakes.errors():
            name = "_".join(str(part) for part in mistake["loc"]).upper()
            print(f"  {name}: {mistake['msg']} (is {mistake['input']!r})", file=sys.stderr)
        raise SystemExit(2) from None
