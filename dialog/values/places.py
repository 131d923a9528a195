"""Places: « 12 bis rue des Flamboyants », « devant l'école », « au carrefour de la poste », localities"
" of the town."""

import re
from collections.abc import Iterator

from dialog.entities import Entity
from dialog.kept import kept_by_content
from dialog.matching import plain, sound
from dialog.values.day_items import MONTHS
from dialog.values.when import Placed
from dialog.values.words import Line

_WAYS = (
    "rue|avenue|av|boulevard|bd|place|chemin|route|impasse|allees?|quai|cours|square|lotissement|residence|cite|quartier"
    "|rond point|lieu dit|passage|sentier|ruelle|esplanade|faubourg|voie|parking|pont|carrefour|rocade"
    "|hameau|venelle|villa"
    "|morne|habitation|anse|domaine|promenade|traverse|clos|zac|zone artisanale|zone industrielle|ravine"
)
_STOP = (
    r"(?:il|elle|ils|elles|y|qui|est|sont|c|ca|depuis|mais|parce|s|pour|je|j|on|nous|vous|merci|a cause"
    r"|ne|n|me|m|se"
    r"|que|qu|dont|cassee?|allumee?|eteinte?|tombee?s?|bouchee?|pleine?|deborde|avec|sans|voila|euh|alors|bonjour|faut|fait"
    r"|marche|fuit|coule|manque|ete|fonctionne|peut|peuvent|ont|avait|etait|oui|non|pardon|aujourd|hier|demain|quand|toute|tous"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|dangereux|dangereuse|et|ou|a|au|en|dans|chez|vers|devant|derriere|§)"
)
_DATED = rf" du (?:\d{{1,2}}|premier|1 er) (?:{'|'.join(MONTHS)})(?: \d{{4}})?"
_NAME = rf"(?:(?:{_DATED}| (?!{_STOP}(?: |$))[a-z]+){{1,7}})"
_NO_STREET = (
    r" (?:de |d |des |du )?(?:l |la )?(?:creche|parking|stationnement|handicapee?s?|ascension|pentecote"
    r"|paques|noel|mai|prioritaire"
    r"|cantine|marche|retour|travail|famille)\b"
)
"""« Une place de crèche », « le pont de l'Ascension »."""
_NUMBER = r"(?:(?:au |le |numero |n |du )*(?P<number>\d{1,4}(?: (?:bis|ter|quater|b|c))?) ?)"
_STREET = re.compile(
    rf"\b{_NUMBER}?(?:(?:de )?(?:la |l |le |les |du )?)(?P<way>{_WAYS})\b(?!{_NO_STREET}){_NAME}"
)
_LANDMARK = re.compile(
    rf"\b(?P<near>devant|derriere|en face d(?:e|u|es)|a cote d(?:e|u|es)|pres d(?:e|u|es)"
    rf"|a proximite d(?:e|u|es)|au niveau d(?:e|u|es)"
    rf"|a l angle d(?:e|u|es)|au coin d(?:e|u|es)|au bout d(?:e|u|es)|a l entree d(?:e|u|es)"
    rf"|a la sortie d(?:e|u|es)|au croisement d(?:e|u|es)"
    rf"|a l intersection d(?:e|u|es)|a hauteur d(?:e|u|es)|en bas d(?:e|u|es)|en haut d(?:e|u|es)"
    rf"|le long d(?:e|u|es)|juste apres|juste avant"
    rf"|pas loin d(?:e|u|es)|autour d(?:e|u|es)|au milieu d(?:e|u|es)|au pied d(?:e|u|es)|au fond d(?:e"
    rf"|u|es)|dans le quartier|au lieu dit|au quartier"
    rf"|a l arret d(?:e|u|es)|vers l ecole|vers la poste|sur le parking"
    rf"|au rond point)\b{_NAME}(?: et(?: d(?:e|u|es)?)?{_NAME})?"
)
_NOT_PLACES = frozenset(
    ["moi", "chez", "vous", "nous", "quoi", "cela", "ca", "lui", "elle", "midi", "l ecran"]
)
_LEADING = re.compile(
    r"^(?:(?:euh|alors|oui|ben|bah|c est|ca se trouve|ca se situe|c est situe|il est|elle est|je suis"
    r"|j habite|nous sommes|on est|bonjour|donc|voila"
    r"|a l adresse|l adresse c est|l adresse est|mon adresse c est|mon adresse|la)\b ?)+"
)
_TRAILING = re.compile(
    r" (?:s il (?:vous|te) plait|merci|voila|svp|depuis|parce|et (?:il|elle|c|ca|je|j|y)|il y a"
    r"|qui (?:est|a|ne))\b.*$"
)
_UNKNOWN = re.compile(
    r"\b(?:sais (?:pas|plus)|connais pas|me souviens|aucune idee|pas (?:le nom|l adresse)|n importe ou)\b"
)
_CORRECTED = re.compile(r"\b(?:non|pardon|enfin|plutot|je me (?:suis )?trompee?|je reprends)(?: c est)? ")
_BETWEEN = frozenset(
    [
        "a",
        "au",
        "aux",
        "de",
        "du",
        "d",
        "la",
        "le",
        "l",
        "les",
        "et",
        "vers",
        "sur",
        "en",
        "dans",
        "des",
        "juste",
    ]
)
_HANGING = re.compile(
    r"(?: (?:a|au|aux|de|du|des|le|la|les|l|d|en|et|dans|sur|par|un|une|juste|vers|chez|non|loin|pas))+$"
)


def places_in(line: Line, awaited: bool, known: tuple[str, ...]) -> list[Placed]:
    """The places told: a street, a landmark, or a name that the town knows; `awaited`: the answer is one."""
    if awaited:
        return _answer(line)
    spans = list(_known_spans(line.text, known)) if known else []
    for match in _LANDMARK.finditer(line.text):
        rest = line.text[match.end("near") : match.end()].split()
        if rest and rest[0] not in _NOT_PLACES and rest[-1] not in _NOT_PLACES:
            spans.append((match.start(), _trimmed(line.text, *match.span())))
    for match in _STREET.finditer(line.text):
        start = match.start("number") if match["number"] else match.start("way")
        spans.append((start, _trimmed(line.text, start, match.end())))
    return [_placed(line, *span) for span in _merged(line.text, spans)]


def _merged(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """« Rue des Lilas | à côté de la poste » is one place."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and (start < merged[-1][1] or set(text[merged[-1][1] : start].split()) <= _BETWEEN):
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _trimmed(text: str, start: int, end: int) -> int:
    """The end without the small words left hanging."""
    return start + len(_HANGING.sub("", text[start:end]))


def _answer(line: Line) -> list[Placed]:
    """The answer to « où est-ce ? », without its polite words and what was corrected."""
    text = line.text
    if _UNKNOWN.search(text):
        return []
    end = match.start() if (match := _TRAILING.search(text)) else len(text)
    corrected = [match.end() for match in _CORRECTED.finditer(text, 0, end)]
    start = corrected[-1] if corrected and corrected[-1] < end else 0
    start += match.end() if (match := _LEADING.match(text[start:end])) else 0
    end = _trimmed(text, start, end)
    if start >= end or "§" in text[start:end]:
        return []
    return [_placed(line, start, end)]


_TOKEN = re.compile(r"\S+")


def _known_spans(text: str, names: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Where the town's own names stand, the longest at each place; long ones may be heard alike."""
    spelled, heard, longest = _known(names)
    tokens = [(match.group(), *match.span()) for match in _TOKEN.finditer(text)]
    sounds = [sound(word) for word, *_ in tokens]
    words = [word for word, *_ in tokens]
    for first in range(len(tokens)):
        for last in range(min(len(tokens), first + longest), first, -1):
            several = last - first > 1 and tuple(sounds[first:last]) in heard
            if several or tuple(words[first:last]) in spelled:
                yield tokens[first][1], tokens[last - 1][2]
                break


_Names = frozenset[tuple[str, ...]]


@kept_by_content
def _known(names: tuple[str, ...]) -> tuple[_Names, _Names, int]:
    """The names by their words, by their sounds, and the most words that one has."""
    spelled = frozenset(tuple(plain(name).split()) for name in names) - {()}
    heard = frozenset(tuple(sound(word) for word in words) for words in spelled)
    return spelled, heard, max(map(len, spelled), default=0)


def _placed(line: Line, start: int, end: int) -> Placed:
    """Its value as written, the number of the house in digits."""
    first, last = line.place(start, end)
    said = line.written[first:last]
    value = said
    if number := re.match(r"\d+(?!\S)", line.text[start:end]):
        length = line.place(start, start + number.end())[1] - first
        value = number.group() + said[length:]
    return Placed(first, last, Entity("place", said, " ".join(value.split())))
