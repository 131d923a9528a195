"""Postcodes: « 97200 », « quatre-vingt-dix-sept deux cent », « soixante-quinze zéro zéro un »."""

from collections.abc import Sequence

from dialog.entities import Entity
from dialog.values.digit_runs import cuts_of, runs_in
from dialog.values.when import Placed
from dialog.values.words import Word

_LENGTH = 5
_CUE = frozenset(["postal", "postale", "cp"])
_MEASURES = frozenset(["euros", "euro", "€", "habitants", "ans", "personnes", "fois", "signatures"])


def postcodes_in(words: Sequence[Word], text: str, awaited: bool) -> list[Placed]:
    """The postcodes said: written with five digits, announced, or awaited."""
    found = []
    for first, end in runs_in(words):
        announced = awaited or any(word.plain in _CUE for word in words[max(0, first - 4) : first])
        written = end - first == 1 and len(words[first].plain) == _LENGTH
        if not (announced or written) or (end < len(words) and words[end].plain in _MEASURES):
            continue
        for cut in cuts_of(words[first:end]):
            code = cut.digits
            if len(code) == _LENGTH and ("01" <= code[:2] <= "98") and code.isdigit():
                start, stop = words[first].start, words[end - 1].end
                found.append(Placed(start, stop, Entity("postcode", text[start:stop], code)))
                break
    return found
