"""Every démarche walked question by question, for each kind of fact that may be asked of it."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import get_args

from dialog import procedures
from dialog.procedures import UNSURE, ProcedureTopic, Unknown
from dialog.proof.findings import Finding
from dialog.talk import phrase
from prompts.content import Town
from prompts.procedures import MAX_QUESTIONS, About, Procedure


def cases_told(town: Town, today: date, said: dict[str, None]) -> Iterator[Finding]:
    """What is wrong with some case; the sentences are added to `said`."""
    for forms in town.variants.forms.values():
        said.update((phrase(town, form), None) for form in forms)
    for question in town.faq.questions.values():
        said.update((phrase(town, line), None) for line in question.answer)
        said.setdefault(phrase(town, town.sentences.topic_question, question=question.name))
    for key, procedure in town.procedures.items():
        if not procedure.services:
            continue  # walked from those that lead to it
        file = f"demarches/{key}.yaml"
        wrong: dict[str, None] = {}
        for about in get_args(About):
            topic = ProcedureTopic(procedure.services[0], about)
            for message in _walk(town, topic, today, 0, said):
                wrong.setdefault(f"{message} ({about})")
            later = _after(procedure)
            if later is not None and not isinstance(procedures.outcome(town, topic, later), Unknown):
                wrong.setdefault("une information périmée serait dite ; attendu : une personne")
        for message in wrong:
            yield Finding(message, file, ("questions",))


def _walk(town: Town, topic: ProcedureTopic, today: date, asked: int, said: dict[str, None]) -> Iterator[str]:
    question = procedures.next_question(town, topic, today)
    if question is None:
        told = procedures.outcome(town, topic, today)
        if isinstance(told, Unknown):
            said.update(dict.fromkeys([told.line] if told.line else []))
            return
        if not told.lines:
            yield "un cas ne dit rien ; attendu : des faits ou une personne"
        if not told.sources:
            yield "des faits sont dits sans source"
        said.update(dict.fromkeys(told.lines))
        return
    if question.key in topic.known:
        yield f"la question « {question.key} » est posée deux fois"
        return
    if asked >= MAX_QUESTIONS:
        yield f"plus de {MAX_QUESTIONS} questions pour un cas"
        return
    said.setdefault(procedures.question_text(town, question))
    for answer in (*(one.key for one in question.answers), UNSURE):
        yield from _walk(town, topic.answered(question.key, answer), today, asked + 1, said)


def _after(procedure: Procedure) -> date | None:
    """The day after all of its facts have expired."""
    expiries = [procedure.expiry_of(sheet) for sheet in procedure.sheets if not sheet.person]
    known = [day for day in expiries if day is not None]
    return max(known) + timedelta(days=1) if known else None
