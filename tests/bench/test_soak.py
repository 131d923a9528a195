"""A short soak: calls are made, what is held is counted, and a leak would be seen (in full: make prove)."""

import pytest

from bench.soak_flat import TOLERATED, judged, line_of


def samples(**rises: float) -> list[dict[str, float]]:
    """Of 2,000 calls: everything flat, but for what rises by so much over the second half."""
    return [
        {"calls": 100.0 * n, **{name: 50.0 + rises.get(name, 0.0) * n / 10 for name in TOLERATED}}
        for n in range(1, 21)
    ]


def test_what_stays_the_same_is_flat_and_what_is_loaded_once_counts_for_nothing() -> None:
    held = samples()
    for each in held[:6]:
        each["agent_mib"] = 20.0
    assert all(each["flat"] for each in judged(held).values())


@pytest.mark.parametrize("name", TOLERATED)
def test_what_rises_call_after_call_is_seen(name: str) -> None:
    found = judged(samples(**{name: 20.0}))
    assert [other for other, each in found.items() if not each["flat"]] == [name]


def test_a_sample_that_falls_into_some_work_is_no_leak_and_one_a_hundred_calls_is() -> None:
    held = samples()
    held[-3]["tasks"] += 2
    assert judged(held)["tasks"]["flat"]
    assert line_of(samples(tasks=10.0), "tasks").per_1000_calls == pytest.approx(10.0)
    assert not judged(samples(tasks=2.0))["tasks"]["flat"]
