"""« Non », « pardon », « je reprends »: what comes after them replaces what came before."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from dialog.values.words import Word, vocabulary

MARKERS = vocabulary(
    "non nan pardon plutot enfin attendez attends finalement reprends recommence excusez excuse erreur desole"
    " trompe trompee corrige rectifie voulais awa"
)
FILLERS = vocabulary(
    "je me suis m ai vous moi ou euh heu hum ah mais oh bah ben c est le la l a du au desole de en fait"
    " veux dire"
    " que on va dire disons alors donc qu ce mettez met un une les s oui voila mot dit quoi j hein d"
)
_UNITS = vocabulary(
    "heures ans euros personnes janvier fevrier mars avril mai juin juillet aout septembre octobre novembre"
    " decembre jours semaines copies exemplaires"
)
_ARTICLES = frozenset(["le", "a", "au", "du", "de"])


def corrects(gap: Iterable[str]) -> bool:
    """Whether these words between two values say that the second replaces the first."""
    words = list(gap)
    return any(word in MARKERS for word in words) and all(
        word in MARKERS or word in FILLERS for word in words
    )


def settled(words: Sequence[Word]) -> tuple[Word, ...]:
    """« Le 3 non 4 décembre », « seize non dix-sept ans »: only the number meant last."""
    found: list[Word] = []
    at = 0
    while at < len(words):
        if words[at].is_number:
            after = _next_number(words, at)
            if after is not None:
                unit, other = after
                if _has_unit(words, other):
                    at = other  # « 3 non 4 décembre »: the first goes
                    continue
                if unit is not None:  # « 16 ans non 17 »: the number goes where the first stood
                    found += [
                        replace(words[at], plain=words[other].plain),
                        replace(words[unit], end=words[other].end),
                    ]
                    at = other + 1
                    continue
                at = other
                continue
        found.append(words[at])
        at += 1
    return tuple(found)


def _has_unit(words: Sequence[Word], place: int) -> bool:
    return place + 1 < len(words) and _named(words[place + 1]) in _UNITS


def _named(word: Word) -> str:
    return {"h": "heures", "heure": "heures", "an": "ans", "euro": "euros", "personne": "personnes"}.get(
        word.plain, word.plain
    )


def _next_number(words: Sequence[Word], place: int) -> tuple[int | None, int] | None:
    """The unit after this number, and the number that replaces it."""
    unit = place + 1 if _has_unit(words, place) else None
    at = first = place + 1 + (unit is not None)
    while at < len(words) and not words[at].is_number and (words[at].plain in MARKERS | FILLERS):
        at += 1
    if at >= len(words) or not words[at].is_number:
        return None
    if not corrects(word.plain for word in words[first:at]):
        return None
    if unit is not None and _has_unit(words, at) and _named(words[unit]) != _named(words[at + 1]):
        return None
    return unit, at
