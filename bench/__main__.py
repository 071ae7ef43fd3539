"""`bin/bench`."""

import argparse
import shlex
import signal
import sys
from pathlib import Path

from bench.measure import SCENARIOS, measure, plan
from bench.places import RESULTS
from bench.report import page
from bench.results import Results, newest
from bench.scenarios import field


def main() -> int:
    """0 when every step was measured."""
    # As with Ctrl-C: what was started is ended on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = _options()
    if options.report is not None:
        results = Results.load(options.report)
    else:
        for sentence in field.missing():
            print(sentence, file=sys.stderr)
        tasks = plan(quick=options.quick, only=options.only)
        command = shlex.join(["bin/bench", *sys.argv[1:]])
        results = measure(tasks, command=command, profiled=not options.only)
        print(f"The numbers are in {results.save(RESULTS)}.")
    for failure in results.failures:
        print(f"Not measured: {failure.step}\n  {failure.why}", file=sys.stderr)
    print(page.targets_as_text(results))
    if not options.only:
        print(f"The report is in {page.write(results)}.")
    return 1 if results.failures else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench", description="Measure Parley beside other chat servers.")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter measurements: about 8 minutes, not 50")
    parser.add_argument(
        "--only", action="append", default=[], choices=SCENARIOS, help="this alone; leaves the report as it is"
    )
    parser.add_argument(
        "--report",
        nargs="?",
        type=Path,
        const=newest,
        help="measure nothing: write the report of FILE, or of the last run",
    )
    options = parser.parse_args()
    if options.report is newest:
        options.report = newest(RESULTS)
    return options


if __name__ == "__main__":
    sys.exit(main())
