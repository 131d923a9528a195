"""The caller of the suite: answers in whatever order they are asked, and takes nothing half done for done."""

from collections.abc import Sequence

import pytest

from tests.acceptance.play import play_on
from tests.acceptance.script import Call, Json, read_calls

OFFER = ("J'ai le mardi 1er décembre à 14 h 40 ou à 15 h. Lequel ?", "choice")
COUNT = ("Pour combien de personnes ?", "count")
NAME = ("À quel nom ?", "name")
PHONE = ("Gardons-nous le numéro dont vous appelez ?", "yes_no")
READ_BACK = ("Rendez-vous le mardi 1er décembre à 14 h 40, au nom de Cadet. C'est bien cela ?", "yes_no")
BOOKED: Json = {
    "kind": "appointment", "action": "created", "ref": "R7310", "motif": "titre_identite",
    "at": "2026-12-01T14:40", "name": "Cadet", "phone": "+596696203040",
}  # fmt: skip


class ScriptedLine:
    """An agent that asks these questions in this order, whatever it is told."""

    def __init__(self, questions: Sequence[tuple[str, str]], records: Sequence[Json]) -> None:
        self._questions, self._records = list(questions), list(records)
        self._turn = 0
        self.heard: list[Json] = []

    def pick_up(self) -> list[Json]:
        return [{"agent": "Bonjour.", "turn": 0}, {"listening": True, "expects": None}]

    def give(self, given: Json) -> list[Json]:
        self._turn += 1
        self.heard.append(given)
        if "hangup" in given or not self._questions:
            return self.close()
        question, expects = self._questions.pop(0)
        return [{"agent": question, "turn": self._turn}, {"listening": True, "expects": expects}]

    def close(self) -> list[Json]:
        outcome = "booked" if self._records else "ended"
        return [{"end": True, "outcome": outcome, "records": self._records}]


def call_named(name: str) -> Call:
    return next(call for call in read_calls() if call.name == name)


@pytest.mark.parametrize(
    "questions",
    [
        (OFFER, NAME, PHONE, READ_BACK),
        (NAME, COUNT, PHONE, OFFER, READ_BACK),
        (COUNT, OFFER, PHONE, NAME, READ_BACK),
    ],
)
def test_the_caller_answers_in_whatever_order_they_are_asked(questions: Sequence[tuple[str, str]]) -> None:
    line = ScriptedLine(questions, [BOOKED])
    assert not play_on(line, call_named("rdv-passeport-mardi-apres-midi")).problems
    assert {"say": "quatorze heures quarante"} in line.heard
    assert {"say": "Cadet"} in line.heard


def test_an_hour_that_the_caller_did_not_choose_is_refused() -> None:
    other = ("Je vous propose le mercredi 25 novembre à 8 h. Cela vous convient ?", "yes_no")
    line = ScriptedLine([other, OFFER, NAME, READ_BACK], [BOOKED])
    play_on(line, call_named("rdv-passeport-mardi-apres-midi"))
    assert line.heard[1] == {"say": "non plutôt à une autre heure"}


def test_a_booking_without_a_yes_is_a_problem() -> None:
    line = ScriptedLine([OFFER, NAME, READ_BACK], [BOOKED])
    problems = play_on(line, call_named("rdv-raccroche-pendant-la-confirmation")).problems
    assert any("one record too many" in problem for problem in problems)


def test_hanging_up_before_the_yes_is_played_to_the_end() -> None:
    line = ScriptedLine([OFFER, NAME, READ_BACK], [])
    assert not play_on(line, call_named("rdv-raccroche-pendant-la-confirmation")).problems
    assert line.heard[-1] == {"hangup": True}


def test_an_agent_that_asks_for_ever_is_a_problem_not_a_loop() -> None:
    line = ScriptedLine([NAME] * 200, [])
    problems = play_on(line, call_named("rdv-passeport-mardi-apres-midi")).problems
    assert any("still asking" in problem for problem in problems)
