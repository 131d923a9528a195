"""A telephone number given in pieces: « 06 96… », a breath, « 12 34 56 »."""

from dialog.flows.collect import phone_in
from dialog.matching import plain
from dialog.meaning import Understanding
from dialog.talk import Talk, Turn, ask, understood
from dialog.values.digit_runs import runs_in
from dialog.values.phones import LENGTH, digits_so_far
from dialog.values.words import vocabulary, words_of

_FEWEST = 2
_SAID_AGAIN = 4
"""Digits as at the beginning: the number is being said anew."""
_BESIDE = vocabulary(
    "c est le la au mon numero telephone portable mobile fixe alors euh heu oui non et puis ensuite apres"
    " voila bonjour notez attendez sur vous pouvez me rappeler rappelez joindre du coup donc ben bah la suite"
    " fini termine s il plait merci ca fait je suis de"
)


def joined(begun: str, text: str) -> str:
    """The text with what was said of the number before it, where this goes on from that."""
    digits = _digits_alone(text)
    if not begun or not digits or len(digits) >= LENGTH:
        return text
    start = digits_so_far(begun)[:_SAID_AGAIN]
    if len(start) == _SAID_AGAIN and digits.startswith(start):
        return text
    return f"{begun} {text}"


def asked_on(talk: Talk, found: Understanding, before: str) -> Turn | None:
    """Asks for the rest of a number of which more is known than `before`; None where there is no such thing.

    A number that only a strained reading makes whole is one that goes on.
    """
    digits = _digits_alone(found.text)
    whole = phone_in(found) is not None and not any(e.ambiguous for e in found.entities)
    known = digits_so_far(before) if before else ""
    if whole or not _FEWEST <= len(digits) < LENGTH or digits == known:
        return None
    return going_on(talk, found.text, digits)


def kept(talk: Talk, found: Understanding, turn: Turn) -> Turn:
    """« Non, c'est le 06 96… »: what is given of another number when the one offered is refused."""
    digits = _digits_alone(found.text)
    asks_now = turn.state.expects == "phone" and talk.state.expects != "phone"
    if not asks_now or not digits.startswith("0") or not _SAID_AGAIN <= len(digits) < LENGTH:
        return turn
    return going_on(Talk(talk.town, turn.state, talk.now), found.text, digits)


def typed_on(talk: Talk, keys: str) -> Turn | None:
    """The same of digits typed."""
    if not (_FEWEST <= len(keys) < LENGTH):
        return None
    return going_on(talk, keys, keys)


def typed_whole(begun: str, keys: str) -> str:
    """The keys after the digits said or typed before them, where they make no number alone."""
    known = digits_so_far(begun) if begun else ""
    again = len(known) >= _SAID_AGAIN and keys.startswith(known[:_SAID_AGAIN])
    return keys if again or len(keys) >= LENGTH or len(known + keys) > LENGTH else known + keys


def going_on(talk: Talk, begun: str, digits: str) -> Turn:
    """« J'ai noté 06 96. Dites-moi la suite. »"""
    pairs = " ".join(digits[place : place + 2] for place in range(0, len(digits), 2))
    talk = talk.having(begun=begun, waiting=False)
    question = talk.phrase(talk.town.requests.number_goes_on, debut=pairs)
    task = talk.state.task
    return ask(Talk(talk.town, understood(talk.state), talk.now), task, (), question, expects="phone")


def _digits_alone(text: str) -> str:
    """The digits of a sentence that says hardly anything else; none where it does."""
    words = words_of(text)
    runs = runs_in(words)
    if len(runs) != 1:
        return ""
    (first, end), said = runs[0], plain(text)
    if not said:
        return ""
    others = [word.plain for place, word in enumerate(words) if not first <= place < end]
    return digits_so_far(text) if all(word in _BESIDE or not word.isalnum() for word in others) else ""
