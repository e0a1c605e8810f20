"""What takes a while: worked out once for each generation, beside whoever waits for it."""

from __future__ import annotations

import threading

import pytest

from regional_qa.web.by_generation import ByGeneration


def test_it_is_worked_out_once_and_nobody_waits_long() -> None:
    """Who comes too early hears so; when it is done everyone gets it, and a new generation begins anew."""
    go, worked, kept = threading.Event(), [], ByGeneration[list[int]]("work")

    def slowly() -> list[int]:
        worked.append(1)
        go.wait(10)
        return [len(worked)]

    assert kept.of("gen-1", slowly, 0.05) is None
    assert kept.of("gen-1", slowly, 0.05) is None
    go.set()
    assert kept.of("gen-1", slowly, 10) == [1]
    assert kept.of("gen-1", slowly, 10) == [1]
    assert kept.of("gen-2", slowly, 10) == [2]


def test_after_a_fault_it_is_tried_again() -> None:
    """Whoever waits hears of the fault."""
    kept = ByGeneration[int]("work")
    with pytest.raises(ZeroDivisionError):
        kept.of("gen-1", lambda: 1 // 0, 10)
    assert kept.of("gen-1", lambda: 1, 10) == 1
