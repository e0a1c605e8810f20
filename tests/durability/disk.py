"""A disk that may lose power: what was synced while some work ran, and every way the rest may be lost.

The work runs once. Before each of its durable operations the tree is noted as it is (what a killed process leaves) and
as far as it was synced (what a power cut leaves at least). Nothing here knows what the files mean.
"""

from __future__ import annotations

import contextlib
import os
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

Listing = Mapping[str, int]
Tree = dict[str, "bytes | Tree"]
OPERATIONS = ("mkdir", "rename", "replace", "unlink", "rmdir")


@dataclass(frozen=True)
class Moment:
    """The disk just before an operation: nodes by inode, a file as its bytes, a folder as its listing."""

    before: str
    root: int
    nodes: Mapping[int, bytes | Listing]
    synced: Mapping[int, bytes | Listing]

    def killed(self) -> Tree:
        """What is there when the process dies: the kernel loses nothing."""
        return self._tree(self.root, self.nodes, self.nodes)

    def cut_off(self, rng: random.Random) -> Iterator[Tree]:
        """What may be there after a power cut: some entries of folders, some contents of files."""
        changes = self._changes()
        lost, halves = self._contents(0.0), self._contents(0.5)
        yield self._with([], lost)
        for contents in (lost, halves, self.nodes):
            yield self._with(changes, contents)
        for one in changes:
            rest = [other for other in changes if other is not one]
            for chosen in ([one], rest):
                yield self._with(chosen, self.nodes)
                yield self._with(chosen, lost)
        for _ in range(4):
            chosen = [one for one in changes if rng.random() < 0.5]
            yield self._with(chosen, rng.choice((lost, halves, self.nodes)))

    def _changes(self) -> list[list[tuple[int, str, int | None]]]:
        """Entries that differ from what was synced, as they are lost together: a rename is one change of two entries.

        So far down that nobody opens a file by its place there, the entries of a folder are one change.
        """
        high = {self.root, *self._inside(self.root)}
        by_node: dict[int, list[tuple[int, str, int | None]]] = {}
        for folder, listing in self.nodes.items():
            if isinstance(listing, bytes):
                continue
            before = self._listing(folder)
            for name in {*listing, *before}:
                if listing.get(name) != before.get(name):
                    moved = listing.get(name) or before[name]
                    by_node.setdefault(moved if folder in high else folder, []).append(
                        (folder, name, listing.get(name))
                    )
        return [by_node[node] for node in sorted(by_node)]

    def _inside(self, folder: int) -> list[int]:
        listing = self.nodes[folder]
        return [] if isinstance(listing, bytes) else list(listing.values())

    def _contents(self, share: float) -> dict[int, bytes | Listing]:
        """Of what was not synced only this share of each file."""
        return {
            node: self.synced.get(node, content[: int(len(content) * share)]) if isinstance(content, bytes) else content
            for node, content in self.nodes.items()
        }

    def _with(self, changes: list[list[tuple[int, str, int | None]]], contents: Mapping[int, bytes | Listing]) -> Tree:
        listings = {node: dict(self._listing(node)) for node, one in self.nodes.items() if not isinstance(one, bytes)}
        for folder, name, node in (entry for change in changes for entry in change):
            if node is None:
                listings[folder].pop(name, None)
            else:
                listings[folder][name] = node
        return self._tree(self.root, {**self.synced, **listings}, {**self.synced, **contents})

    def _listing(self, folder: int) -> Listing:
        listing = self.synced.get(folder, {})
        assert not isinstance(listing, bytes)
        return listing

    def _tree(self, folder: int, listings: Mapping[int, Any], contents: Mapping[int, Any]) -> Tree:
        tree: Tree = {}
        for name, node in sorted(listings[folder].items()):
            content = contents.get(node, b"")
            tree[name] = content if isinstance(content, bytes) else self._tree(node, listings, contents)
        return tree


@dataclass
class Recorder:
    """Runs some work on a folder and notes every moment; ``deaf_to`` counts one fsync that does nothing, from 1."""

    root: Path
    deaf_to: int = 0
    moments: list[Moment] = field(default_factory=list)
    syncs: list[str] = field(default_factory=list)
    _synced: dict[int, bytes | Listing] = field(default_factory=dict)
    _pins: dict[int, int] = field(default_factory=dict)

    def record(self, work: Callable[[], object]) -> list[Moment]:
        """Every moment of the work, the last one when it has returned; all that was there before is synced."""
        self._synced = dict(self._nodes())
        with pytest.MonkeyPatch.context() as patch:
            for name in OPERATIONS:
                patch.setattr(os, name, self._noted(name, getattr(os, name)))
            patch.setattr(os, "fsync", self._heard(os.fsync))
            work()
        self._note("the end")
        for pin in self._pins.values():
            os.close(pin)
        return self.moments

    def _noted(self, name: str, act: Callable[..., Any]) -> Callable[..., Any]:
        def noted(path: Any, *rest: Any, **options: Any) -> Any:
            self._note(f"{name} {Path(os.fsdecode(path)).name}")
            return act(path, *rest, **options)

        return noted

    def _heard(self, sync: Callable[[int], None]) -> Callable[[int], None]:
        def heard(descriptor: int) -> None:
            path = Path(f"/proc/self/fd/{descriptor}").readlink()
            self._note(f"fsync {path.name}")
            sync(descriptor)
            self.syncs.append(path.relative_to(self.root).as_posix())
            if len(self.syncs) != self.deaf_to:
                node = self._pinned(path)
                self._synced[node] = self._read(path)

        return heard

    def _note(self, before: str) -> None:
        self.moments.append(Moment(before, self._pinned(self.root), dict(self._nodes()), dict(self._synced)))

    def _nodes(self) -> Iterator[tuple[int, bytes | Listing]]:
        for path in (self.root, *self.root.rglob("*")):
            with contextlib.suppress(FileNotFoundError):  # an engine may clear up after itself in a thread of its own
                yield self._pinned(path), self._read(path)

    def _read(self, path: Path) -> bytes | Listing:
        return {one.name: self._pinned(one) for one in path.iterdir()} if path.is_dir() else path.read_bytes()

    def _pinned(self, path: Path) -> int:
        """Its inode, held open so that no other file gets the same number."""
        node = path.stat().st_ino
        if node not in self._pins:
            self._pins[node] = os.open(path, os.O_RDONLY)
        return node


def lay_out(tree: Tree, folder: Path) -> Path:
    """Write a tree into a new folder."""
    folder.mkdir(parents=True)
    for name, content in tree.items():
        if isinstance(content, bytes):
            (folder / name).write_bytes(content)
        else:
            lay_out(content, folder / name)
    return folder


def mark(tree: Tree) -> int:
    """The same for trees of the same files."""
    return hash(tuple((name, hash(one) if isinstance(one, bytes) else mark(one)) for name, one in sorted(tree.items())))
