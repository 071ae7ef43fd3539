"""Where things are."""

from pathlib import Path

BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parent
BUILD = BENCH / "build"
RESULTS = BENCH / "results"
PEERS = BENCH / "peers"
NODE = PEERS / "node"
PAGE = ROOT / "docs" / "performance.md"
PLOTS = ROOT / "docs" / "performance"

# Parley and the Channels tutorial run from the product's own locked packages, the others from theirs.
PYTHON = ROOT / ".venv" / "bin" / "python"
PEER_PYTHON = ROOT / ".venv-bench" / "bin" / "python"

LOAD = BUILD / "load"
FLOOR = BUILD / "floor"
