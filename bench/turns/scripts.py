"""What the bench's callers say: the pieces between pauses, and what the whole means.

Pauses are drawn from what is known of telephone numbers and dates said aloud: short ones inside a group,
longer ones where somebody reads or remembers the next.
"""

import random
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from speech.french_numbers import LETTERS
from speech.grammar.kinds import DAYS, MONTHS, NO, YES
from speech.grammar.numbers import UNITS, below_hundred, cardinal
from speech.training.texts import domain

CHOICES = ("la mairie", "la déchèterie", "la médiathèque", "le cimetière", "la police municipale")
"""What the bench's question with a choice offers."""
LONGEST_ANSWER_WORDS = 14
OPEN = "open"


@dataclass(frozen=True)
class Piece:
    text: str
    pause_s: float = 0.0
    """Silence after it."""


@dataclass(frozen=True)
class Script:
    kind: str
    """A kind of answer, or `open`."""
    pieces: tuple[Piece, ...]
    means: str
    """The text whose meaning the answer has, without hesitations; empty where nothing of ours is said."""

    @property
    def expects(self) -> str | None:
        return None if self.kind == OPEN else self.kind

    @property
    def longest_pause_s(self) -> float:
        """Of those between two pieces."""
        return max((piece.pause_s for piece in self.pieces[:-1]), default=0.0)


def _whole(kind: str, text: str) -> Script:
    return Script(kind, (Piece(text),), text)


def _hesitant(script: Script, rng: random.Random, share: float) -> Script:
    """Now and then with « euh » before it."""
    if rng.random() >= share:
        return script
    pause = rng.uniform(0.12, 0.35)
    return Script(script.kind, (Piece("euh", pause), *script.pieces), script.means)


def yes_no(rng: random.Random) -> Script:
    return _hesitant(_whole("yes_no", rng.choice(rng.choice((YES, NO)))), rng, 0.2)


def choice(rng: random.Random) -> Script:
    return _hesitant(_whole("choice", rng.choice(CHOICES)), rng, 0.25)


def date(rng: random.Random) -> Script:
    """A day, its number and its month, with a pause between them in one of two."""
    day, number, month = rng.choice(DAYS), below_hundred(rng.randint(2, 28)), rng.choice(MONTHS)
    text = f"{day} {number} {month}"
    draw = rng.random()
    if draw < 0.25:
        return _hesitant(_whole("date", day), rng, 0.3)
    if draw < 0.5:
        return _whole("date", text)
    if draw < 0.75:
        pieces = (Piece(day, rng.uniform(0.15, 0.55)), Piece(f"{number} {month}"))
    else:
        pieces = (Piece(f"{day} {number}", rng.uniform(0.15, 0.5)), Piece(month))
    return Script("date", pieces, text)


def time(rng: random.Random) -> Script:
    hours, minutes = f"{below_hundred(rng.randint(8, 18))} heures", rng.choice(["trente", "quinze", "dix"])
    if rng.random() < 0.4:
        return _hesitant(_whole("time", hours), rng, 0.3)
    if rng.random() < 0.5:
        return _whole("time", f"{hours} {minutes}")
    return Script("time", (Piece(hours, rng.uniform(0.15, 0.45)), Piece(minutes)), f"{hours} {minutes}")


def phone(rng: random.Random) -> Script:
    """By pairs, or by threes after 0696, each group followed by a pause, longer before the last ones."""
    digits = rng.choice(("06", "07", "0596", "0696")) + "".join(rng.choice("123456789") for _ in range(8))
    digits = digits[:10]
    threes = len(digits) == 10 and digits.startswith(("0596", "0696")) and rng.random() < 0.4
    cuts = (0, 2, 4, 7, 10) if threes else (0, 2, 4, 6, 8, 10)
    groups = [digits[a:b] for a, b in pairwise(cuts)]
    said = [_group(group) for group in groups]
    pieces: list[Piece] = []
    for number, words in enumerate(said):
        if number and rng.random() < 0.08:
            pieces.append(Piece("euh", rng.uniform(0.1, 0.4)))
        pieces.append(Piece(words, _between_groups(rng)))
    return Script("phone", tuple(pieces), " ".join(said))


def _group(digits: str) -> str:
    number = int(digits)
    if digits[0] == "0" and number:
        return f"zéro {cardinal(number)}"
    return cardinal(number)


def _between_groups(rng: random.Random) -> float:
    draw = rng.random()
    if draw < 0.3:
        return 0.0
    return rng.uniform(0.12, 0.45) if draw < 0.8 else rng.uniform(0.45, 0.95)


def name(rng: random.Random) -> Script:
    """Spelt, letter after letter."""
    letters = rng.sample(string.ascii_uppercase, rng.randint(3, 5))
    gap = rng.uniform(0.05, 0.35)
    pieces = tuple(Piece(LETTERS[letter], gap * rng.uniform(0.6, 1.4)) for letter in letters)
    return Script("name", pieces, " ".join(letters))


def reference(rng: random.Random) -> Script:
    """A letter and four digits, one by one or as a number of thousands."""
    letter, digits = rng.choice("BDKLMRST"), [rng.randrange(1, 10) for _ in range(4)]
    spelt = f"{letter} {' '.join(UNITS[digit] for digit in digits)}"
    if rng.random() < 0.5:
        whole = cardinal(int("".join(map(str, digits))))
        return Script("reference", (Piece(LETTERS[letter], rng.uniform(0.1, 0.5)), Piece(whole)), spelt)
    gap = rng.uniform(0.03, 0.3)
    pieces = (Piece(LETTERS[letter], gap), *(Piece(UNITS[digit], gap) for digit in digits))
    return Script("reference", pieces, spelt)


def open_question(phrases: Sequence[str]) -> Callable[[random.Random], Script]:
    """What callers ask first: two of three from the town's own list, with a pause in one of two."""

    def make(rng: random.Random) -> Script:
        text = rng.choice(phrases) if rng.random() < 0.67 else domain.request(rng)
        words = text.split()[:LONGEST_ANSWER_WORDS]
        text = " ".join(words)
        if len(words) < 4 or rng.random() < 0.5:
            return _whole(OPEN, text)
        place = rng.randint(2, len(words) - 2)
        pieces = [Piece(" ".join(words[:place]), rng.uniform(0.15, 0.6)), Piece(" ".join(words[place:]))]
        if rng.random() < 0.3:
            pieces.insert(1, Piece("euh", rng.uniform(0.1, 0.4)))
        return Script(OPEN, tuple(pieces), text)

    return make


def scripts(per_kind: dict[str, int], phrases: Sequence[str], seed: int) -> list[Script]:
    """As many of each kind as asked, drawn from this seed."""
    makers: dict[str, Callable[[random.Random], Script]] = {
        "yes_no": yes_no, "choice": choice, "date": date, "time": time, "phone": phone, "name": name,
        "reference": reference, OPEN: open_question(phrases),
    }  # fmt: skip
    made = []
    for kind, count in per_kind.items():
        rng = random.Random(f"{seed} {kind}")
        made += [makers[kind](rng) for _ in range(count)]
    return made


INTERRUPTIONS = (
    "attendez attendez", "excusez-moi je voudrais un rendez-vous", "non non ce n'est pas ça",
    "stop s'il vous plaît", "je voudrais parler à quelqu'un", "pardon c'est pour un passeport",
    "oui mais quels sont les horaires de la déchèterie", "d'accord merci c'est bon",
    "est-ce que la mairie est ouverte samedi", "je veux parler à une personne",
)  # fmt: skip
"""Said over the agent by somebody who means to be heard."""
