"""How one content is said: its own words, and the sentences that somebody has recorded for it.

Pure. Each call speaks with the diction of the content that it began with.
"""

from collections.abc import Mapping, Sequence

from speech.audio import Samples, Sound
from speech.pronunciations import PLAIN, Pronunciations
from speech.spoken import sentences_in


class Diction:
    """Pronunciations and recordings; those of a sentence stand instead of the voice."""

    def __init__(
        self, pronounced: Pronunciations = PLAIN, recorded: Mapping[str, Samples] | None = None
    ) -> None:
        """`recorded`: 16 kHz sound, ready for the line, by the text that is heard in it."""
        self.pronounced = pronounced
        self._recorded: dict[tuple[str, ...], Sound] = {}
        for text, samples in (recorded or {}).items():
            samples.setflags(write=False)
            self._recorded[_heard(_sentences(text))] = Sound(samples)
        self._longest = max(map(len, self._recorded), default=1)

    def pieces(self, text: str) -> list[str]:
        """The text as it is said, piece by piece: a sentence, or as many as one recording holds."""
        sentences, found = _sentences(text), []
        place = 0
        while place < len(sentences):
            n_taken = next(
                (
                    length
                    for length in range(self._longest, 1, -1)
                    if _heard(sentences[place : place + length]) in self._recorded
                ),
                1,
            )
            found.append(" ".join(sentences[place : place + n_taken]))
            place += n_taken
        return found

    def recording_of(self, piece: str) -> Sound | None:
        """What was recorded of exactly this text."""
        return self._recorded.get(_heard(_sentences(piece))) if self._recorded else None


def _sentences(text: str) -> tuple[str, ...]:
    return tuple(" ".join(sentence.split()) for sentence in sentences_in(text))


def _heard(sentences: Sequence[str]) -> tuple[str, ...]:
    """What tells one recorded text from another: capitals are not heard."""
    return tuple(sentence.casefold() for sentence in sentences)


AS_ANY_VOICE = Diction()
"""Nothing recorded, everything as any voice says it."""
