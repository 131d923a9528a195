"""Once an appointment is booked: the documents to bring, for who wants to hear of them."""

from dataclasses import dataclass, replace

from dialog import procedures
from dialog.meaning import Understanding
from dialog.talk import Done, Result, Said, Talk, Task, Turn, ask, understood
from prompts.labels import Service


@dataclass(frozen=True)
class DocumentsTask(Task):
    subject: Service

    def ask(self, talk: Talk, lines: tuple[str, ...] = ()) -> Turn:
        question = talk.phrase(talk.town.booking.documents_offered)
        return ask(talk, self, lines, question, expects="yes_no")

    def hear(self, talk: Talk, said: Said) -> Result | None:
        answer = said.yes_or_no
        return None if answer is None else self._answer(talk, answer == "yes")

    def press(self, talk: Talk, key: str) -> Result | None:
        return self._answer(talk, key == "1") if key in ("1", "2") else None

    def _answer(self, talk: Talk, wanted: bool) -> Done:
        state = understood(talk.having(task=None).state)
        if wanted:
            listed = Understanding("pieces", self.subject, 1.0, "answer")
            state = replace(state, queue=(listed, *state.queue))
        return Done(state, ())


def offer_documents(talk: Talk, subject: Service, lines: tuple[str, ...]) -> Result:
    """These lines, then the offer, where the town knows what is to be brought."""
    talk = replace(talk, state=understood(talk.state))
    if not _are_known(talk, subject) or talk.state.queue or talk.state.paused:
        return Done(talk.having(task=None).state, lines)
    return DocumentsTask(subject).ask(talk, lines)


def _are_known(talk: Talk, subject: Service) -> bool:
    """Whether the town says what is to be brought, once its questions are answered."""
    if procedures.procedure_for(talk.town, subject) is None:
        return False
    topic = procedures.ProcedureTopic(subject, "pieces")
    if procedures.next_question(talk.town, topic, talk.today) is not None:
        return True
    return not isinstance(procedures.outcome(talk.town, topic, talk.today), procedures.Unknown)
