"""Rebuilds on disks of every size, each too small, in a process of its own: ``python -m tests.durability.full_disk STEP``.

Runs inside its own mount namespace (``unshare --mount``); prints one JSON record for each disk.
"""

from __future__ import annotations

import gc
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from regional_qa.errors import IndexFault
from tests.durability.editions import opened, publish_edition, write_edition

PAGE = 4096


def mounted(folder: Path, size: int, *options: str) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join([f"size={size}", *options]), "disk", folder], check=True)


def used(folder: Path) -> int:
    """Bytes that the disk holds now."""
    total, _, free = shutil.disk_usage(folder)
    return total - free


def main(step: int) -> None:
    """From a disk on which nothing more fits to one on which the rebuild ends, in steps of so many pages."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place, pytest.MonkeyPatch.context() as patch:
        patch.setattr("regional_qa.indexing.build.require_room", lambda index, needed: None)
        disk, corpus = Path(place, "disk"), Path(place, "corpus")
        disk.mkdir()
        mounted(disk, 64 << 20)
        publish_edition(corpus, disk / "index", 1)
        write_edition(corpus, 2)
        before, size = used(disk), used(disk)
        while True:
            subprocess.run(["mount", "-o", f"remount,size={size}", disk], check=True)
            record: dict[str, object] = {"free": size - before}
            try:
                publish_edition(corpus, disk / "index", 2)
            except IndexFault as fault:
                record["fault"] = str(fault)
            gc.collect()  # the engine's threads keep what they could not write until their writer is gone
            record["served"] = opened(disk / "index")
            record["left"] = [path.name for path in (disk / "index").glob("*.tmp")]
            sys.stdout.write(json.dumps(record) + "\n")
            if "fault" not in record:
                break
            size += step * PAGE
        subprocess.run(["umount", "--lazy", disk], check=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
