"""How a town wants its own words said: place names, surnames, abbreviations that no rule knows."""

import re
from collections.abc import Iterable

Pair = tuple[str, str]


class Pronunciations:
    """Rewrites whole words as they are to be said, the longest first; the rest of the text is left alone."""

    def __init__(self, pairs: Iterable[Pair] = ()) -> None:
        """Pairs of what is written and what is said; what is written small is met with a capital too."""
        self._said = {written: said for written, said in pairs if written}
        ordered = sorted(self._said, key=len, reverse=True)
        words = "|".join(
            f"(?i:{re.escape(one)})" if one == one.lower() else re.escape(one) for one in ordered
        )
        self._pattern = re.compile(rf"(?<!\w)(?:{words})(?!\w)") if ordered else None

    def __call__(self, text: str) -> str:
        if self._pattern is None:
            return text
        return self._pattern.sub(self._as_said, text)

    def _as_said(self, match: re.Match[str]) -> str:
        return self._said.get(match[0]) or self._said[match[0].lower()]


PLAIN = Pronunciations()
"""Everything as any voice says it."""
