"""`python -m tests.bench.memory 1 10 100`: peak memory of runs of so many million paths, whoever does the work."""

import sys

from tests.bench.__main__ import child

WAYS = {
    "serial": "Serial()",
    "threads, 2 workers": "Threads(2)",
    "processes, 2 workers": "Processes(2)",
}
WORK = """
import resource, sys, tempfile
from pathlib import Path
from tests.bench.__main__ import job
from tarmac.simulation import How, run
from tarmac.workers import Processes, Serial, Threads
if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        run(job({paths}), How(executor={executor}, resume=Path(folder) / "run.checkpoint"))
    unit = (1 if sys.platform == "darwin" else 1024) / 1e6
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        used = resource.getrusage(who)
        print(used.ru_maxrss * unit, used.ru_utime + used.ru_stime)
"""


def row(way: str, millions: float) -> str:
    """Peak memory of the process that asks and of the largest it starts, and the processor time of all."""
    work = WORK.format(paths=round(millions * 1e6), executor=WAYS[way])
    (own, mine), (largest, theirs) = (
        map(float, line.split()) for line in child([sys.executable, "-c", work]).stdout.splitlines()
    )
    return f"| {way} | {millions:g} | {own:.0f} MB | {largest:.0f} MB | {mine + theirs:.0f} s |"


def main() -> None:
    """Measure and print."""
    print(
        "| who | million paths | peak, asking process | peak, largest worker | processor time |",
        "|---|---|---|---|---|",
        sep="\n",
    )
    for millions in map(float, sys.argv[1:]):
        for way in WAYS:
            print(row(way, millions), flush=True)


if __name__ == "__main__":
    main()
