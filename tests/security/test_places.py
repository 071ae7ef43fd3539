"""What a server keeps on its machine is nobody else's to read."""

from pathlib import Path
from stat import S_IMODE

from chatproject.serving.places import Places


def test_the_sockets_of_redis_and_the_workers_are_in_a_directory_of_one_user(tmp_path: Path) -> None:
    places = Places.open(tmp_path)
    try:
        assert S_IMODE(places.directory.stat().st_mode) == 0o700
        for path in (places.valkey_socket(), places.worker_socket(1)):
            assert path.parent == places.directory
    finally:
        places.close()
