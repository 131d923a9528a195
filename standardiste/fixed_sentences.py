"""The sentences that are the same in every call of a town: what the voice can say before anybody calls."""

from collections.abc import Iterator
from string import Formatter

from dialog.flows import keeping
from dialog.talk import phrase
from prompts.content import Town

N_GREETING = 2
"""How many sentences a call begins with: they stand first in `Sentences`, and no call waits for them."""


def fixed_sentences(town: Town) -> list[str]:
    """As they are said; a call's first ones come first, then those of a danger."""
    parse = Formatter().parse
    fixed = [
        phrase(town, text)
        for text in _texts(town)
        if all(name in (None, "commune") for _, name, _, _ in parse(text))
    ]
    if (recording := keeping.announcement(town)) is not None:
        fixed.insert(N_GREETING, recording)
    return fixed


def _texts(town: Town) -> Iterator[str]:
    sentences = list(town.sentences.model_dump().values())
    yield from sentences[:N_GREETING]
    yield from (danger.sentence for danger in town.comprehension.dangers.values())
    yield from sentences[N_GREETING:]
    turns = town.turn_taking
    yield from (*turns.fillers, turns.keys_cleared, turns.nobody_there)
    for forms in town.variants.forms.values():
        yield from forms
    for free in town.faq.questions.values():
        yield from free.answer
    for some in (town.booking, town.requests):
        yield from (text for text in some.model_dump().values() if isinstance(text, str))
    yield from town.requests.sensitive.values()
    for procedure in town.procedures.values():
        yield from (question.text for question in procedure.questions)
        yield from (sheet.explanation for sheet in procedure.sheets if sheet.explanation)
