"""Names of persons: after « je m'appelle », or as an answer; said, spelled, or both."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from dialog.entities import Entity
from dialog.matching import plain
from dialog.values.spelling import Spelled, spelled_in
from dialog.values.spoken_corrections import MARKERS
from dialog.values.when import Placed
from dialog.values.words import Word, vocabulary

_CUE = re.compile(
    r"\b(?:je m appelle|je me nomme|(?:mon|le) nom (?:de famille )?(?:est|c est)|au nom d(?:e|u)?"
    r"|(?:je suis|c est|ici|moi c est|pour|chez|nom d[e]?) (?:monsieur|madame|mademoiselle|mme|mlle"
    r"|docteur|maitre)"
    r"|(?:rappelez|rappeler|voir|rencontrer|dossier de|avec|de la part de) (?:monsieur|madame"
    r"|mademoiselle|mme|mlle)"
    r"|nom de famille|nom d usage|nom de jeune fille)\b(?: (?:monsieur|madame|mademoiselle|mme|mlle))?"
)
_AT_THE_PHONE = re.compile(r"\b(?P<name>(?:\w+ ){1,3})a l appareil\b")
_OPENERS = vocabulary(
    "bonjour bonsoir oui alors euh heu bah ben donc c est moi je m appelle me nomme suis mon nom nomme prenom"
    " famille au monsieur madame mademoiselle mme mr mlle ici pour ce sera voila ok d accord bien sur s"
    " il vous"
    " plait et son sa jeune fille usage epouse allo non mari femme fils fille veuve pardon c ecrit ca serait"
)
_STOPS = vocabulary(
    "et je j pour qui ne nee n il elle on nous merci voila c ca avec comme mais parce habite mon ma"
    " rendez vous"
    " telephone numero epelle epele epeler ecrit s a au appelle suis est sur rappelle rappeler svp a depuis"
    " voudrais veux souhaite prend prends oui bonjour en plus dans deux"
)
_NOT_NAMES = vocabulary(
    "la le l les un une mon ma mes son sa ses notre votre vos ce cette cet maire adjoint mairie societe"
    " entreprise"
    " association ville commune quoi qui"
)
_KIN = vocabulary(
    "mari femme fils fille mere pere frere soeur epoux epouse veuve conjoint conjointe compagne compagnon"
)
_WHOSE = vocabulary("mon ma mes notre son sa")
_NO_ANSWER = vocabulary(
    "pourquoi prefere veux voulez sais regarde anonyme dire donner besoin comprends pas rien comment"
    " quoi savoir"
    " possible vous attendez minute personne aucun dois faut"
)
_LOWER = frozenset(["de", "du", "des", "d"])
_PARTICLES = _LOWER | {"la", "le", "les", "tiret", "l"}
_MOST_WORDS = 5
"""Beside the particles: « Marie Eulalie de la Rochefoucauld Saint-Sauveur »."""


def answered_name(words: Sequence[Word], text: str) -> Placed | None:
    """The name in an answer to « à quel nom ? »."""
    cut = 0
    line = " ".join(word.plain for word in words)
    if cue := _CUE.search(line):
        cut = line[: cue.end()].count(" ") + 1
    while cut < len(words) and words[cut].plain in _OPENERS and not _is_particle(words, cut):
        if (
            (spelled := spelled_in(words[: cut + 8], cut, text))
            and spelled.first == cut
            and _all_single(words, cut)
        ):
            break
        cut += 1
    return _name_from(words, cut, text)


def introduced_name(words: Sequence[Word], text: str) -> Placed | None:
    """The name that follows « je m'appelle », « au nom de »…; none where nothing announces one."""
    line = " ".join(word.plain for word in words)
    for cue in _CUE.finditer(line):
        cut = _past_kin(words, line[: cue.end()].count(" ") + 1)
        if cut < len(words) and words[cut].plain not in _NOT_NAMES:
            return _name_from(words, cut, text)
        if cut + 1 < len(words) and words[cut].plain in ("le", "la") and text[words[cut].start].isupper():
            return _name_from(words, cut, text)
    if at := _AT_THE_PHONE.search(line):
        end = line[: at.end("name")].count(" ")
        first = end
        while first > 0 and end - first < 3 and words[first - 1].plain not in _OPENERS | _NOT_NAMES | _STOPS:
            first -= 1
        if first < end:
            return _name_from(words[:end], first, text)
    return None


def _all_single(words: Sequence[Word], place: int) -> bool:
    """« C A D E T »: no « c'est »."""
    return (
        len(words[place].plain) == 1
        and place + 1 < len(words)
        and (len(words[place + 1].plain) == 1 or words[place + 1].plain == "comme")
    )


def _is_particle(words: Sequence[Word], place: int) -> bool:
    return words[place].plain == "d" and place + 1 < len(words) and words[place + 1].plain != "accord"


def _past_kin(words: Sequence[Word], start: int) -> int:
    """After « ma femme » of « au nom de ma femme Bellemare »."""
    if start + 1 < len(words) and words[start].plain in _WHOSE and words[start + 1].plain in _KIN:
        start += 1
    while start < len(words) and words[start].plain in _KIN:
        start += 1
    return start


def _name_from(words: Sequence[Word], start: int, text: str) -> Placed | None:
    start = _past_kin(words, start)
    if start + 2 < len(words) and words[start].plain == "pas":
        start += 2  # « pas Lacroix, Delacroix »
    spelled = spelled_in(words, start, text)
    end = start
    limit = spelled.first if spelled is not None else len(words)
    n_words = 0
    while end < limit and n_words < _MOST_WORDS and _may_be_name(words, end, start):
        n_words += words[end].plain not in _PARTICLES
        end += 1
    for place in range(start, min(end, limit)):
        if words[place].plain in MARKERS and place > start:
            return _name_from(words, place + 1, text) or None
    if spelled is not None and (spelled.first > end + 6 or _is_remark(words, spelled)):
        spelled = None
    if spelled is None:
        if end == start or any(word.plain in _NO_ANSWER for word in words[start : end + 1]):
            return None
        return _placed(words, start, end, text, _written_name(words, start, end, text))
    return _placed(
        words, min(start, spelled.first), spelled.end, text, _agreed(words, start, end, text, spelled)
    )


def _is_remark(words: Sequence[Word], spelled: Spelled) -> bool:
    """« Avec deux e » tells of some letters only."""
    before = words[spelled.first - 1].plain if spelled.first else ""
    return before in ("avec", "sans", "prend", "faut") or len(set(spelled.letters)) == 1


def _may_be_name(words: Sequence[Word], place: int, start: int) -> bool:
    said = words[place].plain
    if said in MARKERS and place > start:
        return True
    if said in ("tiret", "-"):
        return place > start
    if said.isalpha() and len(said) == 1 and _elided(words, place):
        return True  # « N'Guyen », « d'Artagnan »
    return said.isalpha() and said not in _STOPS and said not in ("euh", "heu")


def _elided(words: Sequence[Word], place: int) -> bool:
    """A letter with an apostrophe behind it: one sign between it and the next word."""
    return (
        place + 1 < len(words)
        and words[place + 1].start == words[place].end + 1
        and words[place].plain in ("n", "d", "o")
    )


def _agreed(words: Sequence[Word], start: int, end: int, text: str, spelled: Spelled) -> str:
    """The letters correct the last words said; a first name before them stays, as do the accents said."""
    letters = _flat(spelled.letters)
    best, best_ratio = end, 0.0
    for first in range(start, end):
        said = _flat(_written_name(words, first, end, text))
        ratio = SequenceMatcher(None, said, letters).ratio()
        if ratio > best_ratio:
            best, best_ratio = first, ratio
    head = _written_name(words, start, best, text) if best > start else ""
    tail = _written_name(words, best, end, text) if best < end else ""
    same = bool(tail) and _flat(tail) == letters
    if best_ratio < 0.5 and end > start:
        head = _written_name(words, start, end - 1, text) if end - 1 > start else ""
    name = (
        tail if same and not _has_signs(spelled.letters.replace(" ", "")) else _capitalised(spelled.letters)
    )
    return f"{head} {name}".strip()


def _has_signs(letters: str) -> bool:
    return any(not ("a" <= letter <= "z") for letter in letters)


def _flat(name: str) -> str:
    return plain(name).replace(" ", "")


def _written_name(words: Sequence[Word], start: int, end: int, text: str) -> str:
    """These words as written, « tiret » turned into one, with the capitals of a name."""
    pieces: list[str] = []
    for place in range(start, end):
        word = words[place]
        if word.plain == "tiret":
            pieces.append("-")
            continue
        if pieces and pieces[-1] != "-":
            between = text[words[place - 1].end : word.start].strip()
            pieces.append("-" if between == "-" else "'" if between in ("'", "’") else " ")
        pieces.append(text[word.start : word.end])
    return _capitalised("".join(pieces))


def _capitalised(name: str) -> str:
    """« JEAN-MARC DE LA TOUR » → « Jean-Marc de la Tour »; « d'artagnan » → « d'Artagnan »."""
    pieces = re.split(r"([ '’-])", name.strip())
    shown: list[str] = []
    before = ""
    for place, piece in enumerate(pieces):
        low = plain(piece)
        if piece in (" ", "-", "'", "’"):
            shown.append("'" if piece == "’" else piece)
            continue
        after_sign = pieces[place + 1] if place + 1 < len(pieces) else ""
        particle = (low in _LOWER and after_sign in (" ", "'", "’", "-")) or (
            low in ("la", "l") and before == "de"
        )
        shown.append(piece.lower() if particle else piece[:1].upper() + piece[1:].lower())
        before = low
    return "".join(shown)


def _placed(words: Sequence[Word], first: int, end: int, text: str, name: str) -> Placed | None:
    if not name or first >= end:
        return None
    start, stop = words[first].start, words[end - 1].end
    return Placed(start, stop, Entity("name", text[start:stop], name))
