"""What became of a caller is told by who saw them last; nobody is counted as served who was not."""

import pytest

from bench.load_scoring import PlayedCall, Seen, Use, fate, queued_numbers, scored, shares
from bench.load_sipp import read_statistics

NOBODY = Seen(frozenset(), frozenset(), frozenset())
ONE = frozenset({"0696000001"})


def call(**changes: object) -> PlayedCall:
    usual: dict[str, object] = {"number": "0696000001", "set_up_ms": 40.0, "over_by_us": True}
    return PlayedCall(**(usual | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("played", "seen", "expected"),
    [
        (call(latencies_ms=[600.0]), NOBODY, "answered"),
        (call(key_latencies_ms=[200.0], over_by_us=False), NOBODY, "answered"),
        (call(latencies_ms=[600.0]), Seen(ONE, frozenset(), frozenset()), "queue"),
        (call(), Seen(ONE, ONE, frozenset()), "human"),
        (call(over_by_us=False), Seen(frozenset(), frozenset(), ONE), "call_back"),
        (call(), NOBODY, "left"),
        (call(unanswered=1), NOBODY, "lost"),
        (call(over_by_us=False), NOBODY, "lost"),
        (call(set_up_ms=None, refused=503), NOBODY, "lost"),
    ],
)
def test_what_became_of_a_call(played: PlayedCall, seen: Seen, expected: str) -> None:
    assert fate(played, seen) == expected


def test_a_row_counts_every_call_once_and_the_agents_turns_alone() -> None:
    answered = call(number="0696000002", latencies_ms=[500.0, 700.0], said=2, cut_off=1)
    queued = call(latencies_ms=[1.0])
    uses = [Use({"agent": 0.5}, {"agent": 100.0}), Use({"agent": 1.5}, {"agent": 120.0})]
    row = scored([answered, queued, call(number="0696000003", refused=503)], Seen(ONE, ONE, ONE), uses)
    assert (row["calls"], row["lost"], row["turns"], row["cut_off"]) == (3, 1, 2, 1)
    assert sum(row["fates"].values()) == 3
    assert row["latency_ms"]["n"] == 2
    assert row["cores"]["agent"] == {"mean": 1.0, "max": 1.5}


def test_the_steps_are_counted_from_one_reading_to_the_next() -> None:
    assert shares({"parole": 2.0}, {"parole": 5.0, "file": 1.0}) == {"parole": 3, "file": 1}


def test_who_waits_for_a_person_is_read_from_asterisks_channels() -> None:
    told = (
        "PJSIP/operateur-1!humains!accueil!6!Up!Queue!accueil,tr!0696000001!!!3!12!!1.1\n"
        "PJSIP/operateur-2!agent!0596000000!3!Up!Stasis!accueil!0696000002!!!3!12!!1.2\n"
    )
    assert queued_numbers(told) == {"0696000001"}


def test_sipps_own_count_is_taken() -> None:
    names = "SuccessfulCall(C);FailedCall(C);Retransmissions(C);CallRate(C)"
    told = read_statistics(f"{names}\n1;0;0;2.0\n18;2;3;4.5\n", 20)
    assert (told["served"], told["failed"], told["lost"]) == (18, 2, 2)
