"""The figures of the bench of turns: never a latency without its cut-offs, and what counts as interrupted."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.turn_caller import softer_after
from bench.turn_journal import Journal
from bench.turn_plot import drawing
from bench.turn_scoring import (
    OverRow,
    TurnRow,
    over_figures,
    times_as_quick,
    turn_figures,
    verdicts,
)
from bench.turn_sweep import FILE, curve, swept_town
from bench.turn_table import BEGIN, END, shown, table
from standardiste.town import read_town
from tests.support.g711 import Samples

ANSWERED = TurnRow("a", "yes_no", "oui", 300.0, 260.0, False, "oui")
CUT = replace(ANSWERED, name="b", latency_ms=None, decided_ms=-400.0, cut_off=True, text="non")
LOST = replace(ANSWERED, name="c", kind="open", means="bonjour", latency_ms=None, decided_ms=None, text=None)


def meaning(text: str, _expects: str | None) -> tuple[object, ...]:
    return (text,)


def test_latencies_are_of_turns_that_were_let_finish() -> None:
    figures = turn_figures([ANSWERED, replace(ANSWERED, name="d", latency_ms=500.0), CUT, LOST], meaning)
    assert figures["closed"]["latency_ms"]["n"] == 2
    assert figures["closed"]["latency_ms"]["median"] == 400.0
    assert figures["closed"]["cut_off"] == round(1 / 3, 4)
    assert figures["open"]["unanswered"] == 1
    assert figures["all"]["right"] == 0.5


def test_a_sound_that_is_no_interruption_counts_where_the_agent_stopped() -> None:
    rows = [
        OverRow("s1", "speech", "stop", 120.0, 300.0, "stop"),
        OverRow("s2", "speech", "stop", None, None, None),
        OverRow("c1", "cough", "", 100.0, None),
        OverRow("m1", "mm-hm", "", 100.0, 400.0),
    ]
    figures = over_figures(rows, meaning)
    assert figures["missed"] == 0.5
    assert figures["understood"] == 0.5
    assert figures["silent_ms"]["median"] == 300.0
    assert figures["false_interruptions"] == 0.5
    assert figures["false_by_sound"]["mm-hm"] == {"n": 1, "interrupted": 1}


def test_a_target_without_a_measurement_is_not_met() -> None:
    told = verdicts(turn_figures([ANSWERED], meaning), over_figures([], meaning))
    assert told["closed p50"]["met"]
    assert not told["open p50"]["met"]
    assert not told["false interruptions"]["met"]


def test_a_run_that_stopped_goes_on_behind_its_last_whole_line(tmp_path: Path) -> None:
    path = tmp_path / "unfinished.jsonl"
    Journal(path, "c1", ("ours",)).add({"run": "ours x1", "part": "turns", "row": {"name": "a"}})
    with path.open("a", encoding="utf-8") as lines:
        lines.write('{"run": "ours x1", "pa')
    journal = Journal(path, "c1", ("ours",))
    assert journal.names("ours x1", "turns") == {"a"}
    journal.add({"run": "ours x1", "part": "turns", "row": {"name": "b"}})
    assert Journal(path, "c1", ("ours",)).names("ours x1", "turns") == {"a", "b"}


def test_a_change_of_ours_measures_us_anew_and_nobody_else(tmp_path: Path) -> None:
    path = tmp_path / "unfinished.jsonl"
    before = Journal(path, "c1", ("ours",))
    for system in ("ours", "silence"):
        before.add({"run": f"{system} x1", "part": "turns", "row": {"name": "a"}})
    after = Journal(path, "c2", ("ours",))
    assert after.names("ours x1", "turns") == set()
    assert after.names("silence x1", "turns") == {"a"}
    after.add({"run": "ours x1", "part": "turns", "row": {"name": "a"}})
    assert (after.commits("ours"), after.commits("silence")) == (["c2"], ["c1"])


def story() -> Samples:
    rng = np.random.default_rng(3)
    loudness = np.repeat(rng.uniform(1000, 6000, 200), 160)
    told: Samples = (loudness * rng.standard_normal(len(loudness))).clip(-32768, 32767).astype(np.int16)
    return told


@pytest.mark.parametrize("gain", [0.25, 0.1])
def test_a_voice_that_goes_on_more_softly_is_heard_to(gain: float) -> None:
    heard = story()[: 3 * 8000].copy()
    heard[2 * 8000 :] = (heard[2 * 8000 :] * gain).astype(np.int16)
    at_s = softer_after(heard, story(), 1.5)
    assert at_s is not None
    assert abs(at_s - 2.0) <= 0.04


def test_a_voice_that_goes_on_as_it_was_is_not_softer() -> None:
    assert softer_after(story()[: 3 * 8000], story(), 0.5) is None


def test_another_recording_of_the_story_is_not_compared() -> None:
    other = np.random.default_rng(9).normal(0, 3000, 3 * 8000).astype(np.int16)
    assert softer_after(other, story(), 0.5) is None


def test_a_sweep_changes_the_waits_of_a_town_and_nothing_else(tmp_path: Path) -> None:
    usual = read_town(None)
    slower = read_town(swept_town(tmp_path, 2.0))
    assert slower.turn_taking.questions.phone.begun_ms == 2 * usual.turn_taking.questions.phone.begun_ms
    assert slower.turn_taking.interruption == usual.turn_taking.interruption
    assert slower.sentences == usual.sentences
    assert json.loads((tmp_path / "waits-2" / FILE).read_text(encoding="utf-8"))


def test_systems_are_compared_where_they_cut_off_as_few() -> None:
    def point(setting: str, cut_off: float, p50_ms: float) -> dict[str, object]:
        return {"setting": setting, "cut_off": cut_off, "p50_ms": p50_ms}

    curves = {
        "ours": [point("", 0.04, 400), point("2", 0.01, 700)],
        "silence": [point("", 0.03, 2000), point("0.3", 0.4, 500)],
        "pipecat": [point("", 0.2, 600), point("1.2", 0.05, 1000)],
    }
    assert times_as_quick(curves) == 2.5
    assert times_as_quick({"silence": curves["silence"]}) is None
    assert times_as_quick({"ours": curves["ours"]}) is None


def test_the_drawing_names_every_system_and_tells_its_figures_in_words() -> None:
    figures = turn_figures([ANSWERED, CUT], meaning)
    point = curve("", figures["all"])
    assert point == {"setting": "", "turns": 2, "cut_off": 0.5, "p50_ms": 300.0, "p95_ms": 300.0}
    systems = {name: {"turns": figures, "curve": [point]} for name in ("ours", "silence")}
    svg = drawing(systems, "2 tours")
    assert svg.count("<circle") == 2
    assert "standardiste : 300 ms, 50,0 % coupés" in svg


def test_the_readme_shows_the_last_measurement_and_keeps_its_own_words() -> None:
    readme = f"avant\n{BEGIN}\nancien\n{END}\naprès\n"
    assert shown(readme, "neuf") == f"avant\n{BEGIN}\nneuf\n{END}\naprès\n"
    with pytest.raises(ValueError, match="README"):
        shown("sans marque", "neuf")


def test_the_table_has_a_line_for_each_system_and_never_a_latency_without_its_cut_offs() -> None:
    figures = turn_figures([ANSWERED, CUT], meaning)
    system = {"turns": figures, "over_agent": over_figures([], meaning), "4 calls at once": figures}
    lines = table({"ours": system}).splitlines()
    assert len(lines) == 4
    assert all(line.count("|") == lines[0].count("|") for line in lines)
    assert "300 / 300 / 300 ms" in lines[2]
    assert "50,0 %" in lines[2]
    assert "50,0 %" in lines[3]
