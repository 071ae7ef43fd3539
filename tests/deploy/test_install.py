"""`bin/install` and `bin/run`, the parts in shell."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.serving.gunicorns import ROOT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout that needs no package."""
    shutil.copytree(ROOT / "bin", tmp_path / "bin")
    (tmp_path / "requirements.txt").write_text("")
    return tmp_path


def install(checkout: Path, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [checkout / "bin" / "install", "requirements.txt"], capture_output=True, text=True, timeout=100, **options
    )


def test_help_needs_no_installation(checkout: Path) -> None:
    for command in ("run", "test"):
        helped = subprocess.run([checkout / "bin" / command, "--help"], capture_output=True, text=True, timeout=10)
        assert helped.returncode == 0
        assert helped.stdout.startswith(f"Usage: bin/{command}")
    assert not (checkout / ".venv").exists()


def test_the_first_time_installs_and_the_second_does_nothing(checkout: Path) -> None:
    first = install(checkout)
    assert first.returncode == 0, first.stderr
    assert "Creating .venv with python3" in first.stdout
    assert "Installing requirements.txt." in first.stdout
    second = install(checkout)
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    (checkout / "requirements.txt").write_text("# changed\n")
    assert install(checkout).stdout == "Installing requirements.txt.\n"


def test_a_failed_installation_is_tried_again(checkout: Path) -> None:
    (checkout / "requirements.txt").write_text("no-hash==1.0\n")
    assert install(checkout).returncode != 0
    assert install(checkout).stdout == "Installing requirements.txt.\n"


def test_a_machine_without_a_python_is_told(checkout: Path) -> None:
    (checkout / "path").mkdir()
    for program in ("sh", "dirname", "env"):
        (checkout / "path" / program).symlink_to(str(shutil.which(program)))
    told = install(checkout, env={"PATH": str(checkout / "path")})
    assert told.returncode == 2
    assert "Parley needs Python 3.11 or newer" in told.stderr
