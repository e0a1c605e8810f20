"""What careful reading costs: rebuilds of the 65,151 news articles, before it and now, in turns.

Before is the last commit that neither traced characters to their file nor told roles nor folded reprints. What came to
the rest of a rebuild since (more words, tokens) is told apart: only the time until the first passage is embedded counts.

Run: make bench            (needs ../shared beside the project and the project's history; prints one Markdown table)
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).parents[1]
NEWS = PROJECT.parent / "shared" / "data" / "news"
BEFORE = "822da62"
RUN = """
import json, sys, time
from pathlib import Path
from regional_qa.assemble import rebuild
from regional_qa.settings import Settings

started, reading = time.perf_counter(), []

def told(stage, done, total):
    if stage in ("embed", "index") and not reading:
        reading.append(time.perf_counter() - started)

rebuild(Settings(corpus=Path(sys.argv[1]), index=Path(sys.argv[2])), told)
print(json.dumps({"reading": reading[0], "whole": time.perf_counter() - started}))
"""


def main() -> int:
    """Rebuild in turns, print the medians and what is lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="rebuilds of each kind")
    options = parser.parse_args()
    if not NEWS.is_dir():
        print("skipped: ../shared is not beside the project")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        before = Path(folder) / "before"
        if not check_out(before):
            print(f"skipped: the history does not hold commit {BEFORE}")
            return 0
        sources = {"before": before / "src", "now": PROJECT / "src"}
        times: dict[str, list[dict[str, float]]] = {name: [] for name in sources}
        for run in range(options.runs):
            for name, source in sources.items():
                times[name].append(rebuild(source, Path(folder) / name / f"index-{run}"))
                print(f"{name}: {times[name][-1]}", file=sys.stderr)
    medians = {
        name: {part: statistics.median(run[part] for run in runs) for part in ("reading", "whole")}
        for name, runs in times.items()
    }
    print(f"| rebuild | reading | all runs | whole rebuild | cores |\n|{'---|' * 5}")
    for name, runs in times.items():
        every = " ".join(f"{run['reading']:.1f}" for run in runs)
        found = medians[name]
        print(f"| {name} | {found['reading']:.1f} s | {every} | {found['whole']:.1f} s | {os.cpu_count()} |")
    more = medians["now"]["reading"] - medians["before"]["reading"]
    print(f"\nspeed lost to reading: {100 * more / (medians['before']['whole'] + more):.1f} %")
    return 0


def check_out(folder: Path) -> bool:
    """Lay the sources of the commit before into a folder."""
    folder.mkdir()
    packed = subprocess.run(["git", "-C", PROJECT, "archive", BEFORE, "src"], capture_output=True, check=False)
    if packed.returncode:
        return False
    subprocess.run(["tar", "-x", "-C", folder], input=packed.stdout, check=True)
    return True


def rebuild(source: Path, index: Path) -> dict[str, float]:
    """Seconds until the first passage is embedded, and in all, of one rebuild by the package under ``source``."""
    environment = os.environ | {"PYTHONPATH": str(source)}
    command = [sys.executable, "-c", RUN, str(NEWS), str(index)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, check=False)
    if done.returncode:
        raise SystemExit(f"rebuild by {source} failed with exit code {done.returncode}")
    seconds: dict[str, float] = json.loads(done.stdout)
    return seconds


if __name__ == "__main__":
    raise SystemExit(main())
