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
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6)
"""


def row(way: str, millions: float) -> str:
    """Peak memory of the process that asks: it sums what workers leave, who hold a block at a time."""
    work = WORK.format(paths=round(millions * 1e6), executor=WAYS[way])
    peak = float(child([sys.executable, "-c", work]).stdout)
    return f"| {way} | {millions:g} | {peak:.0f} MB |"


def main() -> None:
    """Measure and print."""
    print("| who | million paths | peak memory |", "|---|---|---|", sep="\n")
    for millions in map(float, sys.argv[1:]):
        for way in WAYS:
            print(row(way, millions), flush=True)


if __name__ == "__main__":
    main()
