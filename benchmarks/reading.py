"""What careful reading costs: rebuilds of the 65,151 news articles, before it and now, in turns.

Before is the last commit that neither traced characters to their file nor told roles nor folded reprints.

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
import time
from pathlib import Path

PROJECT = Path(__file__).parents[1]
NEWS = PROJECT.parent / "shared" / "data" / "news"
BEFORE = "822da62"
RUN = "import sys; from regional_qa.cli import main; sys.exit(main(sys.argv[1:]))"


def main() -> int:
    """Rebuild in turns, print the medians and their ratio."""
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
        times: dict[str, list[float]] = {name: [] for name in sources}
        counts: dict[str, dict[str, object]] = {}
        for _ in range(options.runs):
            for name, source in sources.items():
                seconds, counts[name] = rebuild(source, Path(folder) / name / "index")
                times[name].append(seconds)
                print(f"{name}: {seconds:.1f} s", file=sys.stderr)
    medians = {name: statistics.median(spent) for name, spent in times.items()}
    print(f"| reading | articles | passages | rebuild, median of {options.runs} | all runs | cores |\n|{'---|' * 6}")
    for name, spent in times.items():
        runs = " ".join(f"{seconds:.1f}" for seconds in spent)
        print(
            f"| {name} | {counts[name]['articles']:,} | {counts[name]['passages']:,} | {medians[name]:.1f} s "
            f"| {runs} | {os.cpu_count()} |"
        )
    print(f"\nspeed lost: {100 * (1 - medians['before'] / medians['now']):.1f} %")
    return 0


def check_out(folder: Path) -> bool:
    """Lay the sources of the commit before into a folder."""
    folder.mkdir()
    packed = subprocess.run(["git", "-C", PROJECT, "archive", BEFORE, "src"], capture_output=True, check=False)
    if packed.returncode:
        return False
    subprocess.run(["tar", "-x", "-C", folder], input=packed.stdout, check=True)
    return True


def rebuild(source: Path, index: Path) -> tuple[float, dict[str, object]]:
    """Seconds of one rebuild by the package under ``source``, and what it counted."""
    command = [sys.executable, "-c", RUN, "rebuild", "--corpus", str(NEWS), "--index", str(index), "--json"]
    environment = os.environ | {"PYTHONPATH": str(source)}
    started = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, check=False)
    seconds = time.perf_counter() - started
    if done.returncode not in (0, 2):
        raise SystemExit(f"rebuild by {source} failed with exit code {done.returncode}")
    return seconds, json.loads(done.stdout)


if __name__ == "__main__":
    raise SystemExit(main())
