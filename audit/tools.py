"""The judges' programs, installed at first need into `.venv-audit`, from lock files with hashes."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from audit.verdict import Missing

ROOT = Path(__file__).resolve().parents[1]
HERE = ROOT / "audit"
CACHE = ROOT / ".venv-audit"
SECONDS = 600


def python_tool(name: str) -> Path:
    """A program of the environment with the Python judges. Raises `Missing`."""
    directory, lock = CACHE / "python", HERE / "requirements.txt"
    if _is_stale(directory, lock):
        _say(f"Installing {lock.relative_to(ROOT)}.")
        _run([sys.executable, "-m", "venv", "--clear", str(directory)])
        _run([*_pip(directory), "--only-binary", ":all:", "-r", str(lock)])
        _keep(directory, lock)
    return directory / "bin" / name


def wstest() -> Path:
    """Autobahn's program. It needs Python 2.7. Raises `Missing`."""
    directory, lock = CACHE / "autobahn", HERE / "autobahn" / "requirements.txt"
    if _is_stale(directory, lock):
        old = _python27()
        virtualenv = python_tool("virtualenv")
        _say(f"Installing {lock.relative_to(ROOT)}.")
        _run([str(virtualenv), "--quiet", "--clear", "--python", str(old), str(directory)])
        _run([*_pip(directory), "--no-deps", "-r", str(lock)])
        _keep(directory, lock)
    return directory / "bin" / "wstest"


def node_modules() -> Path:
    """Where the judges that are scripts find each other, with `node` on PATH. Raises `Missing`."""
    directory, lock = CACHE / "node", HERE / "node" / "package-lock.json"
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise Missing(f"there is no {program} (on Debian and Ubuntu: apt install nodejs npm)")
    if _is_stale(directory, lock):
        _say(f"Installing {lock.relative_to(ROOT)}.")
        shutil.rmtree(directory, ignore_errors=True)
        shutil.copytree(lock.parent, directory)
        _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=directory)
        _keep(directory, lock)
    return directory


def _python27() -> Path:
    for found in _candidates():
        asked = subprocess.run([found, "-c", "import sys; print(sys.version_info[:2])"], capture_output=True, text=True)
        if asked.stdout.strip() == "(2, 7)":
            return found
    raise Missing("there is no Python 2.7 (pyenv install 2.7.18), which the Autobahn test suite needs")


def _candidates() -> Iterator[Path]:
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted(pyenv.glob("versions/2.7*/bin/python2.7"), reverse=True)
    if (found := shutil.which("python2.7")) is not None:
        yield Path(found)


def _pip(directory: Path) -> list[str]:
    options = ["--quiet", "--disable-pip-version-check", "--require-hashes"]
    return [str(directory / "bin" / "python"), "-m", "pip", "install", *options]


def _is_stale(directory: Path, lock: Path) -> bool:
    stamp = directory / "installed"
    return not stamp.exists() or stamp.read_bytes() != lock.read_bytes()


def _keep(directory: Path, lock: Path) -> None:
    shutil.copyfile(lock, directory / "installed")
    (CACHE / ".gitignore").write_text("*\n")


def _run(command: list[str], *, cwd: Path = ROOT) -> None:
    CACHE.mkdir(exist_ok=True)
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise Missing(f"it could not be installed within {SECONDS} s: {' '.join(command)}") from None
    if done.returncode != 0:
        raise Missing(f"it could not be installed: {(done.stderr or done.stdout).strip()[-600:]}")


def _say(sentence: str) -> None:
    print(f"   {sentence}", flush=True)
