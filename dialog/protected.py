"""Which sentences are never cut short: those that the town's content names (`tours_de_parole.yaml`)."""

import re
from dataclasses import replace

from dialog.actions import Action, Say
from dialog.kept import kept_by_content
from prompts.agreeing import with_town
from prompts.content import Town
from prompts.fields import Content

_FILLED = re.compile(r"\\\{\w+\\\}")


def protected(town: Town, actions: tuple[Action, ...]) -> tuple[Action, ...]:
    """The same, what must be heard to its end being said so."""
    patterns = _patterns(_Key(town))
    return tuple(
        replace(action, interruptible=False)
        if isinstance(action, Say) and any(pattern.match(action.text) for pattern in patterns)
        else action
        for action in actions
    )


class _Key:
    """The same content is the same key of the cache."""

    def __init__(self, town: Town) -> None:
        self.town = town

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.town.turn_taking is self.town.turn_taking

    def __hash__(self) -> int:
        return id(self.town.turn_taking)


@kept_by_content
def _patterns(key: _Key) -> tuple[re.Pattern[str], ...]:
    town, named = key.town, key.town.turn_taking.never_cut
    texts = (
        *_texts(town.sentences, named.sentences),
        *_texts(town.booking, named.booking),
        *_texts(town.requests, named.requests),
    )
    return tuple(pattern_of(town, text) for text in texts)


def _texts(sentences: Content, names: tuple[str, ...]) -> list[str]:
    written: dict[str, object] = sentences.model_dump(by_alias=True)
    return [str(written[name]) for name in names]


def pattern_of(town: Town, text: str) -> re.Pattern[str]:
    """What a sentence becomes whatever its variables are, whatever is said after it in the same breath."""
    said = with_town(text, town.name)
    filled = _FILLED.sub("(?s:.)*?", re.escape(said[:1].upper() + said[1:]))
    return re.compile(filled)
