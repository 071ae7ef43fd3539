"""Django's own check of a deployment, in a process of its own with the environment of one."""

import os
import subprocess
import sys
from pathlib import Path

from tests.architecture.sources import ROOT

DEADLINE_SECONDS = 60


def manage(*arguments: str, data_dir: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env={**kept, "DATA_DIR": str(data_dir), **variables},
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )


def test_a_deployment_over_https_has_nothing_to_warn_of(tmp_path: Path) -> None:
    done = manage(
        *("check", "--deploy", "--fail-level", "WARNING"),
        data_dir=tmp_path,
        HTTPS="1",
        ALLOWED_HOSTS="chat.example.org",
        SECRET_KEY="k3Jb9s-0vQwXz7_Lm2Rt8Yp4Nd6Hf1Gc5Ua" * 2,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no issues" in done.stdout


def test_the_secret_that_is_made_by_itself_is_good_enough(tmp_path: Path) -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING", data_dir=tmp_path, HTTPS="1")
    assert done.returncode == 0, done.stdout + done.stderr
    secret = tmp_path / "secret_key"
    assert secret.stat().st_mode & 0o777 == 0o600
    kept = secret.read_text()
    assert manage("check", data_dir=tmp_path).returncode == 0
    assert secret.read_text() == kept


def test_the_migrations_are_those_of_the_models(tmp_path: Path) -> None:
    done = manage("makemigrations", "--check", "--dry-run", data_dir=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_mistake_in_the_environment_is_named_at_once(tmp_path: Path) -> None:
    done = manage("check", data_dir=tmp_path, PORT="none", WORKERS="0", LIMIT_OPEN_ROOMS="-1", LIMIT_NO_SUCH="1")
    assert done.returncode == 2
    for name in ("PORT", "WORKERS", "LIMIT_OPEN_ROOMS", "LIMIT_NO_SUCH"):
        assert f"  {name}: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_worker_on_sqlite_loads_nothing_of_postgresqls(tmp_path: Path) -> None:
    code = "import chatproject.asgi, sys; assert not {'psycopg', 'psycopg_pool'} & set(sys.modules)"
    assert manage("shell", "-v", "0", "-c", code, data_dir=tmp_path).stderr == ""
