"""The bench of the ears: what counts as right, what is written of whom, and a run that goes on."""

import json
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bench.asr import SYNTHETIC, Plan, _Bench
from bench.asr_engines import Engine, engines
from bench.asr_fit import calibrated, holds, spotted
from bench.asr_material import FIT_VARIANTS, FREE, OPEN, TEST_VARIANTS, Words, recorded, synthetic
from bench.asr_scoring import Trial, row, same_value, word_errors
from bench.asr_speed import Turns
from bench.asr_trust import write_trust
from speech.calibration import CALIBRATION_FILE, read_calibration
from speech.models import BUILTIN
from speech.training.voices import data_folder, training_variants
from speech.trust import TRUST_FILE, read_trust
from standardiste.town import read_town

WORDS = Words(("les horaires de la mairie",), ("passeport", "mon rendez-vous"), ("la mairie", "le CCAS"))


def meaning(text: str) -> tuple[object, ...]:
    return (text,)


def trial(kind: str, said: str, heard: str, speaker: str = "A", *, confidence: float = 0.9) -> Trial:
    return Trial(kind, (said,), heard, confidence, not heard, speaker, ())


@pytest.mark.parametrize(
    ("kind", "heard", "said", "same"),
    [
        ("yes_no", "Oui, c'est ça.", "tout à fait", True),
        ("yes_no", "non merci", "oui", False),
        ("count", "quatre-vingts", "80", True),
        ("count", "", "80", False),
        ("date", "Le mardi 3 mars.", "mardi trois mars", True),
        ("date", "mercredi", "mardi", False),
        ("command", "annulez", "annuler", True),
        ("phone", "05 96 00 12 71", "zéro cinq quatre-vingt-seize zéro zéro douze soixante et onze", True),
        ("name", "E N", "I N", False),
        (OPEN, "les horaires", "quels sont les horaires", False),
    ],
)
def test_an_answer_is_right_by_what_it_means(kind: str, heard: str, said: str, same: bool) -> None:
    assert same_value(kind, heard, said, meaning) is same


def test_words_are_counted_against_the_nearest_of_what_may_have_been_said() -> None:
    assert word_errors("le brésil", ("Brésil", "le Brésil")) == (0, 2)
    assert word_errors("à 7 h 30", ("à sept heures trente",)) == (0, 4)


def test_what_is_rejected_is_neither_right_nor_wrong_of_what_is_accepted() -> None:
    figures = row(
        "digit",
        [trial("digit", "un", "un"), trial("digit", "deux", "douze"), trial("digit", "six", "")],
        meaning,
    )
    assert (figures["n"], figures["accepted"], figures["right_of_accepted"]) == (3, 0.6667, 0.5)
    assert figures["value_error"] == 0.6667


def test_no_voice_is_fitted_on_tested_on_and_trained_on(tmp_path: Path) -> None:
    trained = set(training_variants(data_folder(tmp_path)))
    assert not set(FIT_VARIANTS) & set(TEST_VARIANTS)
    assert not trained & {*FIT_VARIANTS, *TEST_VARIANTS}


def test_a_row_of_keywords_is_told_from_a_sentence() -> None:
    assert spotted("mon rendez-vous passeport", WORDS.keywords) == ["mon rendez-vous", "passeport"]
    assert spotted("mon rendez-vous demain", WORDS.keywords) is None
    assert holds(("je viens pour le passeport de ma fille",), "passeport")
    assert not holds(("je viens pour le port",), "passeport")


def test_easier_voices_never_make_an_engine_bolder_than_people_do() -> None:
    answers = [trial("digit", "un", "un", confidence=0.5 + n / 200) for n in range(100)]
    found, notes = calibrated(answers, [], WORDS, meaning, 0.7)
    assert found.accept_from["digit"] >= round(found.confidence("digit", 0.7), 2)
    assert notes["answers"] == {"digit": 100}
    assert calibrated(answers, [], WORDS, meaning, None)[0].accept_from == {}


def test_only_enough_people_are_believed(tmp_path: Path) -> None:
    many = [trial("yes_no", "oui", "oui", f"speaker {n % 6}") for n in range(120)]
    few = [trial("date", "lundi", "lundi", f"speaker {n % 4}") for n in range(120)]
    told = write_trust(tmp_path, [*many, *few], meaning)
    assert set(told["people"]) == {"yes_no"}
    assert told["too_few"] == {"date": {"recordings": 120, "speakers": 4}}
    assert read_trust(tmp_path).of("yes_no") == "free"
    assert read_trust(tmp_path).of("date") == "confirm"
    (tmp_path / TRUST_FILE).unlink()
    assert "written" not in write_trust(tmp_path, few, meaning)
    assert not (tmp_path / TRUST_FILE).exists()


def test_a_towns_own_recordings_are_read(tmp_path: Path, voice_file: Callable[[Path], None]) -> None:
    voice_file(tmp_path / "a.wav")
    lines = [
        "file\texpects\ttranscript\tspeaker\tchoices",
        "a.wav\tyes_no\toui\tAnne\t",
        "a.wav\t\tbonjour\tPaul\t",
    ]
    (tmp_path / "reponses.tsv").write_text("\n".join(lines), encoding="utf-8")
    [items] = recorded(tmp_path).values()
    assert [(item.kind, item.said, item.speaker, item.expects) for item in items] == [
        ("yes_no", ("oui",), "Anne", "yes_no"),
        (FREE, ("bonjour",), "Paul", None),
    ]
    assert recorded(tmp_path / "nothing here") == {}


@pytest.fixture
def voice_file() -> Callable[[Path], None]:
    def write(path: Path) -> None:
        tone = 3000 * np.sin(np.arange(16_000) * 0.1)
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, 16_000, 0, "NONE", ""))
            file.writeframes(tone.astype("<i2").tobytes())

    return write


async def test_a_run_that_was_cut_off_goes_on_where_it_stopped(tmp_path: Path) -> None:
    town = read_town(None)
    bench = _Bench(town, tmp_path, Plan(1, ("telephone",), 1, Turns((3,), (4,), 1), (), Turns((3,), (1,), 1)))
    [engine] = [one for one in engines(()) if one == Engine(one.name, BUILTIN)]
    report = await bench.measured([engine], {}, trust=False)
    figures = report["engines"][engine.name]
    assert figures["answers"][SYNTHETIC]["telephone"]["yes_no"]["n"] == 1
    assert figures["speed"]["decode_ms"]["open"]["3 s, 4 at once"]["n"] == 4
    assert set(figures["outside"][SYNTHETIC]["telephone"]) >= {"yes_no", "date", OPEN}
    parts = bench.done.read_text(encoding="utf-8").splitlines()
    again = _Bench(town, tmp_path, bench.plan)
    bench.done.write_text("\n".join([*parts[:-1], parts[-1][:20]]) + "\n", encoding="utf-8")
    assert len(_Bench(town, tmp_path, bench.plan)._parts) == len(parts) - 1
    assert again._parts == {json.loads(line)["part"]: json.loads(line)["gave"] for line in parts}


def test_the_built_in_calibration_tells_of_the_built_in_model() -> None:
    version = json.loads((BUILTIN / "phoneme_ctc.json").read_text(encoding="utf-8"))["version"]
    assert (BUILTIN / CALIBRATION_FILE).is_file()
    assert read_calibration(BUILTIN, version) is not None


def test_every_kind_is_spoken_by_held_voices(tmp_path: Path) -> None:
    items = list(synthetic(tmp_path, TEST_VARIANTS, 1, 5, WORDS))
    assert {item.kind for item in items} >= {
        "yes_no",
        "digit",
        "date",
        "phone",
        "choice",
        OPEN,
        FREE,
        "outside",
    }
    assert all(item.speaker in TEST_VARIANTS for item in items)
