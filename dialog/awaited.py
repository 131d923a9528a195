"""The sentences that callers of this town are awaited to say, for a recogniser that must be told."""

from itertools import product
from string import Formatter

from dialog import wording
from prompts.content import Town


def awaited_sentences(town: Town) -> tuple[str, ...]:
    """Every sentence of the town's listening list, its variables filled in; without double."""
    names = [place.name for place in town.commune.places.values()]
    values = {
        "lieu": names,
        "de_lieu": [wording.of(name) for name in names],
        "quand": town.listening.when,
        "papier": town.listening.papers,
    }
    sentences: dict[str, None] = {}
    for template in town.listening.phrases:
        used = sorted({name for _, name, _, _ in Formatter().parse(template) if name is not None})
        for chosen in product(*(values[name] for name in used)):
            sentences[template.format(**dict(zip(used, chosen, strict=True)))] = None
    if town.commune.recording.active:
        sentences.update(dict.fromkeys(town.listening.refusals))
    return tuple(sentences)
