"""How many lines and machines are needed: the formulas, and what is said where a measurement is missing."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import sizing_table
from bench.erlang import erlang_b, erlang_c, lines_for
from bench.report import RESULTS
from bench.sizing import CASES, MODELS, Assumed, read_measured, sized

KNOWN = {
    1: 0.0101,
    2: 0.1526,
    3: 0.4555,
    5: 1.3608,
    10: 4.4612,
    20: 12.0306,
    30: 20.3373,
    50: 37.9014,
    100: 84.0642,
}
"""Lines, and the traffic that they carry with 1 % blocked: the published Erlang B table."""


@pytest.mark.parametrize(("lines", "traffic"), KNOWN.items())
def test_erlang_b_is_that_of_the_published_table(lines: int, traffic: float) -> None:
    assert erlang_b(traffic, lines) == pytest.approx(0.01, rel=6e-3)
    assert lines_for(traffic * 0.999, 0.01) == lines
    assert lines_for(traffic * 1.01, 0.01) == lines + 1


@pytest.mark.parametrize(
    ("traffic", "servers", "waits"), [(1, 2, 1 / 3), (2, 3, 4 / 9), (3, 3, 1.0), (9, 4, 1.0)]
)
def test_erlang_c_is_what_textbooks_have(traffic: float, servers: int, waits: float) -> None:
    assert erlang_c(traffic, servers) == pytest.approx(waits)


@given(st.floats(0.01, 200), st.integers(1, 300))
def test_more_lines_never_block_more_and_waiting_is_likelier_than_being_refused(
    traffic: float, lines: int
) -> None:
    assert 0 <= erlang_b(traffic, lines + 1) <= erlang_b(traffic, lines) <= 1
    assert erlang_b(traffic, lines) <= erlang_c(traffic, lines) + 1e-12


def keep(folder: Path, name: str, figures: object) -> None:
    text = json.dumps({"date": "2026-11-23T00:00:00+00:00", "machine": {"load_1_min": 9.5}, **figures})  # type: ignore[dict-item]
    (folder / f"{name}-20261123T000000Z.json").write_text(text, "utf-8")


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """One of each measurement: a call takes 0.1 core, of which 0.04 in the main process."""
    parts = {"agent": 0.16, "ears_and_voice": 0.2, "asterisk": 0.04, "callers": 9.0}
    row = {
        "callers": 4, "steps": {"parole": 40, "touches": 0}, "turns": 96,
        "rss_mib": {"asterisk": {"max": 70}},
        "cores": {part: {"mean": mean} for part, mean in parts.items()},
    }  # fmt: skip
    crowded = {**row, "callers": 30, "steps": {"parole": 9, "touches": 3}}
    keep(tmp_path, "load", {"duration_s": 180.0, "systems": {"ours": [row, crowded]}})
    keep(tmp_path, "turn", {"main_process_mib": 300})
    keep(tmp_path, "towns", {"mib_of_each_town": 6.0, "mib_more_once_called": 4.0})
    keep(tmp_path, "tts", {"engines": {"built-in": {"worker_mib": 50}}})
    built_in, *whisper = MODELS.values()
    times = {"3 s, 1 at once": {"median": 80, "processor_ms_of_each": 75}}
    engines: dict[str, object] = {built_in: {"speed": {"decode_ms": {"open": times}, "worker_mib": 150}}}
    for index, name in enumerate(whisper):
        slow = {"3 s, 1 at once": {"median": 75 + 900 * (index + 1)}}
        engines[name] = {"decode_ms": {"open": slow}, "worker_mib": 200}
    keep(tmp_path, "asr", {"engines": engines})
    return tmp_path


def test_a_line_of_the_table_follows_from_the_measurements(results: Path) -> None:
    needs, measured = sized(results, Assumed())
    assert measured.call_cores is not None
    assert measured.call_cores.value == pytest.approx(0.1)
    assert measured.call_cores.source == "load-20261123T000000Z.json (2026-11-23, machine occupée à 9,5)"
    by = {(need.case, need.model): need for need in needs}
    town, city, platform = CASES
    built_in, tiny, *_ = MODELS
    small = by[town, built_in]
    # 5,000 × 2 / 250 × 2 × 0.15 × 3 / 60 = 0.6 erlang: four lines; 0.6375 of a core for calls, 0.1 each
    assert small.erlangs == pytest.approx(0.6)
    assert (small.calls_at_once, small.cores) == (4, 1)
    assert small.calls_per_core == pytest.approx(6.375)
    assert (small.machines, small.agents, small.memory_mib) == (1, 1, 150 + 300 + 50 + 70)
    large = by[city, built_in]
    assert large.erlangs == pytest.approx(36.0)
    assert large.calls_at_once == lines_for(36.0, 0.01)
    assert large.agents == 4  # 48 calls × 0.04 ÷ 0.6375, rounded up
    many = by[platform, built_in]
    assert many.memory_mib is not None
    assert many.memory_mib > 199 * 10
    # tiny: 0.9 s more a decode, two a turn, 96 turns in 4 × 180 s of calls
    slow = by[town, tiny]
    assert slow.calls_per_core == pytest.approx(0.6375 / (0.1 + 0.9 * 2 * 96 / 720))


@pytest.mark.parametrize("absent", ["load", "turn", "towns", "tts", "asr"])
def test_what_was_not_measured_is_said_to_be_missing_and_never_invented(results: Path, absent: str) -> None:
    for file in results.glob(f"{absent}-*"):
        file.unlink()
    guide = results / "guide.md"
    guide.write_text(f"avant\n{sizing_table.BEGIN}\nvieux\n{sizing_table.END}\naprès\n", "utf-8")
    figures = sizing_table.run(results, guide)
    text = guide.read_text("utf-8")
    assert f"`standardiste bench {absent}`" in text.partition("Manque")[2]
    assert figures["missing"]
    assert "manque" in text
    assert (text.startswith("avant\n"), text.endswith("après\n"), "vieux" in text) == (True, True, False)


def test_the_table_is_written_between_its_marks_again_and_again(results: Path) -> None:
    guide = results / "guide.md"
    guide.write_text(f"avant\n{sizing_table.BEGIN}{sizing_table.END}\n", "utf-8")
    sizing_table.run(results, guide)
    once = guide.read_text("utf-8")
    sizing_table.run(results, guide)
    assert guide.read_text("utf-8") == once
    assert "manque" not in once
    assert (
        "| commune de 5 000 habitants (0,6 erlangs) | écoute intégrée | 4 | 6,4 | 1 | 0,6 Gio | 1 | 1 |"
        in once
    )
    guide.write_text("sans marques", "utf-8")
    with pytest.raises(ValueError, match="marques"):
        sizing_table.run(results, guide)


def test_the_results_that_are_kept_can_be_read() -> None:
    measured = read_measured(RESULTS)
    assert set(measured.decode_s) == set(MODELS)
    assert measured.voice_mib is not None
