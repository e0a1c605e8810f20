"""The live generation, followed: a new one is loaded beside the old and taken up by one reference.

Whoever read the reference before goes on with what it named. Knows nothing about what is asked.
"""

from __future__ import annotations

import logging
import threading
import time
import weakref
from dataclasses import replace
from pathlib import Path

from regional_qa.errors import IndexFault
from regional_qa.indexing import durable
from regional_qa.indexing.generation import Generation, Parts, load_generation, open_generation

logger = logging.getLogger(__name__)

POLL = 0.5
"""Seconds between two looks at the pointer; a look reads one short file."""
LONGEST_WAIT = 60.0
"""Seconds after which a generation that could not be opened is tried again, at most; the first time after ``POLL``."""


class Live:
    """``generation`` is the newest that can be opened; a thread sees to that as long as this object lives.

    A new generation that cannot be opened is told in the log and in the ``notice`` of the one that goes on answering.

    Raises:
        IndexFault: there is none to begin with.
    """

    def __init__(self, index: Path, parts: Parts) -> None:
        self._index, self._parts = index, parts
        self._pointer = durable.pointer(index)
        self._wait, self._again = POLL, 0.0
        self.generation: Generation = open_generation(index, parts)
        threading.Thread(target=_follow, args=(weakref.ref(self),), name="regional-qa index", daemon=True).start()

    def look(self) -> None:
        """Take up what has been published since; called by the thread."""
        pointer = durable.pointer(self._index)
        if pointer != self._pointer:
            self._pointer, self._wait, self._again = pointer, POLL, 0.0
        elif not self.generation.notice or time.monotonic() < self._again:
            return
        try:
            name, sha256 = durable.current(self._index)
            self.generation = load_generation(self._index / name, self._parts, sha256)
        except IndexFault as fault:
            self._put_off(fault)

    def _put_off(self, fault: IndexFault) -> None:
        """Say so, and try again later, each time after twice as long."""
        if durable.pointer(self._index) != self._pointer:
            return  # a rebuild has published and swept away what was to be opened; the next look sees it
        notice = f"{fault}; serving {self.generation.manifest.generation} instead"
        if notice != self.generation.notice:
            logger.warning(notice)
            self.generation = replace(self.generation, notice=notice)
        self._again = time.monotonic() + self._wait
        self._wait = min(2 * self._wait, LONGEST_WAIT)


def _follow(reference: weakref.ref[Live]) -> None:
    """Look now and then until nobody has the object any more."""
    while True:
        time.sleep(POLL)
        live = reference()
        if live is None:
            return
        try:
            live.look()
        except Exception:  # whatever it is, answers go on
            logger.exception("the index cannot be followed; serving %s", live.generation.manifest.generation)
        del live
