"""The collected static files: the same for every stack of a process, and seconds of work to collect."""

import shutil
import tempfile
from pathlib import Path


class Shelf:
    """Keeps one copy of a directory until the process ends."""

    def __init__(self) -> None:
        self._place = tempfile.TemporaryDirectory(prefix="parley-static-")
        self._kept = Path(self._place.name, "kept")

    def lend(self, directory: Path) -> bool:
        """Fill the directory with what was kept; False where that is nothing yet."""
        if not self._kept.exists():
            return False
        shutil.copytree(self._kept, directory, dirs_exist_ok=True)
        return True

    def keep(self, directory: Path) -> None:
        """Copy what is there, if nothing is kept yet."""
        with tempfile.TemporaryDirectory(dir=self._place.name) as place:
            copy = Path(shutil.copytree(directory, Path(place, "copy")))
            if not self._kept.exists():
                copy.rename(self._kept)


STATIC = Shelf()
