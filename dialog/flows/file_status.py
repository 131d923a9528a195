"""How far a file has come: told on its number with the matching name, and never otherwise."""

from dataclasses import dataclass, replace

from dialog.flows.booking_words import lacks_reference
from dialog.flows.collect import name_in, name_told
from dialog.meaning import Understanding
from dialog.office import FileFound, FindFile, Reply, Request
from dialog.talk import Done, Person, Result, Said, Talk, Task, Turn, ask, ask_records, understood
from prompts.labels import Service

MAX_TRIES = 3
"""References that do not match, in one call: after that a person, who can check who is calling."""

_SHORTEST = 2
"""Letters or digits: the « un » of « un instant » is no number."""


@dataclass(frozen=True)
class FileTask(Task):
    service: Service
    """As far as the caller said: whose people are rung when we cannot tell."""
    number: str | None = None
    name: str | None = None

    def ask(self, talk: Talk, lines: tuple[str, ...] = ()) -> Turn:
        words = talk.town.requests
        if self.number is None:
            return ask(talk, self, lines, talk.phrase(words.file_number), expects="dossier")
        return ask(talk, self, lines, talk.phrase(words.file_name), expects="name")

    def hear(self, talk: Talk, said: Said) -> Result | None:
        number, name = _number_in(said.found), name_in(said.found, said.heard)
        if self.number is None:
            if number is not None:
                return replace(self, number=number, name=name or self.name)._find(_got(talk))
            if said.yes_or_no == "no" or said.found.intent == "non" or lacks_reference(said.text):
                return self._without_number(talk)
            return self._named(talk, said)
        if name is not None:
            return replace(self, name=name)._find(_got(talk))
        if number is not None:
            return replace(self, number=number)._find(_got(talk))
        return None

    def _named(self, talk: Talk, said: Said) -> Result | None:
        """« C'est au nom de Lagrenée », before the number."""
        name = name_told(talk, said)
        if name is None or name == self.name:
            return None
        line = talk.phrase(talk.town.requests.name_noted, nom=name)
        return replace(self, name=name).ask(_got(talk), (line,))

    def typed(self, talk: Talk, digits: str) -> Result | None:
        return replace(self, number=digits)._find(_got(talk)) if self.number is None else None

    def _find(self, talk: Talk) -> Turn:
        assert self.number is not None
        return ask_records(talk, self, FindFile(self.number, self.name))

    def answered(self, talk: Talk, request: Request, reply: Reply) -> Result:  # noqa: ARG002
        words = talk.town.requests
        if not isinstance(reply, FileFound):
            line = talk.phrase(words.records_unavailable)
            return Person(talk.having(task=None).state, self.service, (line,), "unavailable")
        if reply.found:
            talk = talk.having(task=None, statuses=talk.state.statuses + 1, name=self.name or talk.state.name)
            return Done(understood(talk.state), self._told(talk, reply))
        if reply.needs_name and self.name is None:
            return self.ask(talk)
        talk = talk.having(tries=talk.state.tries + 1)
        if talk.state.tries >= MAX_TRIES:
            line = talk.phrase(words.file_too_many)
            return Person(talk.having(task=None).state, self.service, (line,), "low_confidence")
        return replace(self, number=None, name=None).ask(talk, (talk.phrase(words.file_not_found),))

    def _told(self, talk: Talk, file: FileFound) -> tuple[str, ...]:
        words = talk.town.requests
        status = words.file_statuses.get(file.status or "")
        told = (
            status if status is not None else talk.phrase(words.file_status_plain, statut=file.status or "")
        )
        lines = [talk.phrase(words.file_told, statut=told)]
        if file.label:
            lines.append(talk.phrase(words.file_label, libelle=file.label))
        if file.missing_document:
            lines.append(talk.phrase(words.file_missing, piece=file.missing_document))
        return tuple(lines)

    def _without_number(self, talk: Talk) -> Result:
        line = talk.phrase(talk.town.requests.file_needs_number)
        return Person(understood(talk.having(task=None).state), self.service, (line,))


def begin(talk: Talk, found: Understanding) -> Result:
    """« Où en est mon dossier ? », with or without its number."""
    talk = replace(talk, state=understood(talk.state))
    task = FileTask(found.service, _number_in(found), name_in(found, 1.0))
    return task._find(talk) if task.number is not None else task.ask(talk)


def _number_in(found: Understanding) -> str | None:
    kinds = ("dossier", "reference")
    given = (entity.value for entity in found.entities if entity.type in kinds)
    return next((value for value in given if len(value) >= _SHORTEST), None)


def _got(talk: Talk) -> Talk:
    return replace(talk, state=understood(talk.state))
