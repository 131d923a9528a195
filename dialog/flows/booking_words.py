"""Words of callers about the times they are offered: « le premier », « plus tard », « pas le matin »."""

import re
from collections.abc import Sequence

from dialog.flows.booking_wishes import Hours
from dialog.flows.collect import opens_a_pause
from dialog.matching import plain
from dialog.number_words import WORDS
from dialog.wording import WEEKDAYS

_NO_MONTH = r"(?! (?:janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre)\b)"
_AROUND = re.compile(r"^(?:le|la|alors|plutot|plutot le|oui|oui le) | (?:merci|svp|s il vous plait)$")
_ORDINALS = (
    (0, rf"(?:premiere?|1er|1ere){_NO_MONTH}|numero (?:un|1)|choix (?:un|1)"),
    (1, r"deuxieme|seconde?|2e|2eme|numero (?:deux|2)|choix (?:deux|2)|du milieu|celui du milieu"),
    (2, r"troisieme|3e|3eme|numero (?:trois|3)|choix (?:trois|3)"),
    (-1, r"dernier|derniere"),
)
_NUMBERED = {"un": 0, "1": 0, "deux": 1, "2": 1, "trois": 2, "3": 2}
_ANY = (
    r"peu importe|n importe|comme vous voulez|celui que vous voulez|ce que vous voulez|ca m est egal"
    r"|m est egal|au choix|a votre choix|comme ca vous arrange|le plus tot|au plus tot|le plus vite"
    r"|au plus vite|des que possible"
)
_NONE = (
    r"aucun|aucune|ni l un ni l autre|rien de tout ca|ca ne m arrange pas|ca m arrange pas|ne me conv\w+"
    r"|me conv\w+ pas|m arrange\w* pas|pas possible|impossible|autre chose|d autres|une autre|un autre|autres"
    r"|je (?:ne )?(?:peux|pourrai|pourrais) pas|pas dispo\w*|pas libre|rien d autre"
)
_OTHER_DAY = r"autre jour|autres jours|autre date|autres dates|jours? suivants?|autre semaine"
_AS_BEFORE = re.compile(
    r"\b(?:comme (?:c etait|avant|tout a l heure|au debut)"
    r"|(?:celui|celle|l heure|le jour|le rendez vous) d avant"
    r"|(?:garde[zr]?|laisse[zr]?|remette[zr]?|remets|reprend\w*|prend\w*) (?:moi )?"
    r"(?:l ancien|l autre|le precedent|celui que j avais))\b"
)
_LATER = r"plus tard|apres ca|plus loin|plus tardif|plus tardive|plus en fin|ensuite"
_EARLIER = r"plus tot|avant ca|plus vite|plus rapide|plus rapidement|plus proche|avant|plus de bonne heure"
_NOT_EARLIER = r"le plus tot|au plus tot|le plus vite|au plus vite|plus tot possible"
_PARTS: dict[str, Hours] = {
    "matin": (0, 720), "matins": (0, 720), "matinee": (0, 720), "apres midi": (720, 1080),
    "apres midis": (720, 1080), "aprem": (720, 1080), "soir": (1020, 1440), "midi": (720, 840),
}  # fmt: skip
_PART = r"(matin(?:ée|ee|s)?|apr[eè]s[- ]midis?|aprem|soir|midi)"
_TOO_EARLY = re.compile(
    r"\bpas (?:trop |très |si )?(?:tôt|tot|de bonne heure|aux aurores)(?: (?:le|dans la) mat\w+)?\b",
    re.IGNORECASE,
)
_TOO_LATE = re.compile(r"\bpas (?:trop |très |si )?tard\b", re.IGNORECASE)
_EARLY: Hours = (0, 9 * 60 + 30)
"""« Pas trop tôt »: people take two buses."""
_LATE: Hours = (16 * 60, 1440)
_NEVER_PART = re.compile(
    r"\b(?:pas|sauf|jamais|hors|excepté|évitez|éviter)(?: trop| pendant| dans| que)? "
    rf"(?:le |la |l['’ ]|les |en |de |du |d['’ ])*{_PART}\b"
    rf"|\b(?:le |la |l['’ ]|les ){_PART}"
    r" (?:je (?:ne )?(?:peux|pourrai|pourrais) pas|je travaille"
    r"|j['’ ]ai (?:la|le|les|un|une|mon|ma|mes|du|des)\b|(?:ça |ca )?(?:ne )?m['’ ]arrange pas"
    r"|c['’ ]est (?:pas possible|impossible|non))"
    rf"|\bje (?:travaille|bosse|suis (?:pris|prise|occupée?)) (?:toujours )?"
    rf"(?:le |la |l['’ ]|les |tous les |toute la |tout l['’ ])*{_PART}",
    re.IGNORECASE,
)
_DECLINED = re.compile(
    r"\b(?:pas de (?:numero|telephone|portable)|sans (?:numero|telephone)|n ai pas|j ai pas|en ai pas"
    r"|ai plus|(?:ne )?(?:veux|souhaite|prefere|tiens) (?:pas|rien)|prefere (?:pas|ne pas|ne rien)"
    r"|pas la peine|pas besoin|inutile|aucun)\b"
)
_GIVEN_UP = re.compile(
    r"\b(?:laissez? (?:tomber|beton)|tant pis|oubliez|abandonne\w*|annulez? tout|annulez|rien du tout"
    r"|je (?:n en )?veux plus|plus besoin|je rappellerai|je vais rappeler|on arrete|j arrete|stop)\b"
)
_NO_REFERENCE = re.compile(
    r"\b(?:(?:n ai|j ai|ai|connais|sais|retrouve|trouve|souviens|rappelle) (?:pas|plus)|aucune|sans reference"
    r"|pas de (?:reference|numero)|(?:perdu|egare|oublie|jete|efface) (?:le|la|mon|ma|ce|cette|l) ?\w*"
    r"|(?:l |les |tout )ai (?:perdue?s?|egaree?s?|jetee?s?|oubliee?s?|effacee?s?)"
    r"|(?:reference|numero)\w* perdue?)\b"
)
_WEEKDAYS = re.compile(rf"\b(?:{'|'.join(WEEKDAYS)})s?\b", re.IGNORECASE)
_COUNT = r"(\d|deux|trois|quatre|cinq|six|sept|huit)"
_COUNTED = re.compile(
    rf"\b{_COUNT} (?:personnes?|passeports?|cartes?|titres?|demandes?|dossiers?|adultes?|rendez vous)\b"
    r"|\b(?:(?:on (?:est|sera|serait|vient|viendra|viendrait)|nous (?:sommes|serons|serions|viendrons))"
    rf"(?: (?:a|bien))?|toute?s les) {_COUNT}\b(?! (?:h|heures?|jours?|semaines?|mois|ans)\b)"
)
_RELATIVES = (
    "mari|femme|epouse|epoux|conjoint|conjointe|compagne|compagnon|fils|fille|bebe|pere|mere|frere|soeur|enfant|"
    "copine|copain|ami|amie|petit fils|petite fille|garcon|partenaire|fiance|fiancee"
)
_ONE_RELATIVE = re.compile(rf"\b(?:mon|ma|notre|son|sa) (?:{_RELATIVES})\b")
_SEVERAL = re.compile(
    rf"\b(?:mes|nos|les|ses) {_COUNT} (?:\w+ )?(?:enfants|fils|filles|garcons|gamins|petits|parents)\b"
)
_PAIR = re.compile(r"\b(?:mes|nos) (?:parents|jumeaux|jumelles)\b")
_SELF = re.compile(
    r"\b(?:pour moi|et moi|moi et|moi meme et|moi ainsi que|(?:et|plus|avec) (?:le mien|la mienne)"
    r"|(?:le mien|la mienne) (?:et|plus|avec))\b"
)
_PLACE_ALONE = re.compile(
    r"(?:(?:ah|euh|non|oui|mais|pardon|attendez|attends|finalement|plutot|en fait|je prefere|je prends|alors"
    r"|c est|c etait|prenez|mettez|moi|donnez) )*(?:le|la) "
    r"(?:premiere?|deuxieme|seconde?|troisieme|dernier|derniere)"
    r"(?: (?:plutot|svp|s il vous plait|c est mieux|c etait mieux|finalement|creneau|horaire|heure|date"
    r"|en fait|rendez vous|proposition))*"
)
"""Only a place among the offers: « ah non, plutôt le deuxième »; « Second » alone may be somebody's name."""


def ordinal(text: str, count: int) -> int | None:
    """Which of so many offers « le deuxième » is; None where no place is named."""
    said = plain(text)
    if (number := _NUMBERED.get(_AROUND.sub("", said))) is not None:
        return number if number < count else None
    for place, words in _ORDINALS:
        match = re.search(rf"\b(?:{words})\b", said)
        if match is not None:
            return place % count if place < count else None
    return None


def is_only_a_place(text: str) -> bool:
    """« Finalement la deuxième »: an offer, whatever was asked meanwhile."""
    return bool(_PLACE_ALONE.fullmatch(plain(text)))


def says_any(text: str) -> bool:
    return bool(re.search(rf"\b(?:{_ANY})\b", plain(text)))


def says_none(text: str) -> bool:
    return bool(re.search(rf"\b(?:{_NONE})\b", plain(text)))


def says_as_before(text: str) -> bool:
    """« Laissez comme c'était », « gardez celui d'avant »."""
    return bool(_AS_BEFORE.search(plain(text)))


def says_other_day(text: str) -> bool:
    return bool(re.search(rf"\b(?:{_OTHER_DAY})\b", plain(text)))


def says_later(text: str) -> bool:
    return bool(re.search(rf"\b(?:{_LATER})\b", plain(text)))


def says_earlier(text: str) -> bool:
    said = re.sub(rf"\b(?:{_NOT_EARLIER})\b", " ", plain(text))
    return bool(re.search(rf"\b(?:{_EARLIER})\b", said))


def declines(text: str) -> bool:
    """« Je n'ai pas de téléphone », « je préfère pas »."""
    return bool(_DECLINED.search(plain(text)))


def says_goodbye(text: str) -> bool:
    return bool(
        re.search(r"\b(?:au revoir|bonne (?:journee|soiree)|bon apres midi|a bientot)\b", plain(text))
    )


def speaks_of_opening(text: str) -> bool:
    """Whether opening hours are asked, not a time for an appointment."""
    return bool(re.search(r"\b(?:r?ouv\w+|ferm\w+|horaires?|recevez|accueil\w*)\b", plain(text)))


def takes_back(text: str) -> bool:
    """« Plutôt », « finalement », « non c'est »: what follows, or comes before, is meant instead."""
    return bool(re.search(r"\b(?:plutot|finalement|non|pardon|en fait|trompee?)\b", plain(text)))


def lacks_reference(text: str) -> bool:
    """« Je ne l'ai pas », « j'ai perdu le papier »; not « attendez, j'ai pas mes lunettes »."""
    return bool(_NO_REFERENCE.search(plain(text))) and not opens_a_pause(text)


def gives_up(text: str) -> bool:
    """« Laissez tomber », « tant pis »."""
    return bool(_GIVEN_UP.search(plain(text)))


def excluded_hours(text: str) -> tuple[str, tuple[Hours, ...]]:
    """« Pas le matin » taken out of the sentence, and the hours it excludes."""
    found: list[Hours] = []

    def take(match: re.Match[str]) -> str:
        part = plain(match[1] or match[2] or match[3])
        found.append(_PARTS[part if part in _PARTS else "matin"])
        return " "

    left, early = _TOO_EARLY.subn(" ", text)
    left, late = _TOO_LATE.subn(" ", left)
    found += [_EARLY] * bool(early) + [_LATE] * bool(late)
    return _NEVER_PART.sub(take, left), tuple(found)


def persons_in(text: str) -> int | None:
    """How many persons an appointment is for, as far as it is said."""
    said = plain(text)
    counted = [_number(one or other) for one, other in _COUNTED.findall(said)]
    family = len(_ONE_RELATIVE.findall(said)) + sum(_number(count) for count in _SEVERAL.findall(said))
    family += 2 * len(_PAIR.findall(said))
    if family:
        counted.append(family + bool(_SELF.search(said)))
    most = max(counted, default=0)
    return most if most > 0 and (most > 1 or counted) else None


def _number(said: str) -> int:
    return int(said) if said.isdigit() else WORDS[said]


def without_weekdays(text: str) -> str:
    """The text without the names of the days."""
    return _WEEKDAYS.sub(" ", text)


def any_of(words: Sequence[str]) -> str:
    """« 1, 2 ou 3 »."""
    return f"{', '.join(words[:-1])} ou {words[-1]}" if len(words) > 1 else "".join(words)
