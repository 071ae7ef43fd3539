"""A file system of a few megabytes that can be filled."""

import os
import subprocess
from pathlib import Path


class SmallDisk:
    """A tmpfs mounted at `path`; only root can make one."""

    def __init__(self, path: Path, *, megabytes: int) -> None:
        self.path = path
        self._ballast = path / "ballast"
        path.mkdir(parents=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0777", "parley-chaos", path], check=True)

    @staticmethod
    def possible() -> bool:
        return os.geteuid() == 0

    def fill(self) -> None:
        """Take all the space that is left."""
        with self._ballast.open("ab", buffering=0) as file:
            for size in (1 << 20, 1 << 16, 1 << 12, 1):
                try:
                    while file.write(bytes(size)) == size:
                        pass
                except OSError:
                    continue

    def free(self) -> None:
        """Give it back."""
        self._ballast.unlink(missing_ok=True)

    def give(self, size: int) -> None:
        """Give so many bytes of it back."""
        os.truncate(self._ballast, self._ballast.stat().st_size - size)

    def remove(self) -> None:
        subprocess.run(["umount", "--lazy", self.path], check=True)
