"""Names and telephone numbers, asked and taken the same way by every task that needs one."""

import re

from dialog import wording
from dialog.doubles import is_request
from dialog.entities import Entity
from dialog.matching import plain
from dialog.meaning import Understanding
from dialog.talk import Said, Talk
from dialog.town_values import values_of
from dialog.understanding import is_met
from dialog.values import entities_in
from prompts.labels import Expects, Intent

_REFUSING = frozenset(
    ["non", "nan", "pas", "mais", "plutot", "sauf", "finalement", "attendez", "attends", "awa", "enfin", "ni"]
)
_STILL_YES = re.compile(
    r"\b(?:mais (?:oui|si)|(?:pas de|aucun) (?:probleme|souci)|pourquoi pas|(?:non|mais) (?:mais )?oui)\b"
)
_YES = frozenset(["oui", "ouais", "wi"])
_NO = frozenset(["non", "nan", "awa"])
_FEW_WORDS = 5
_OWN_NUMBER = re.compile(
    r"\b(?:s affich\w+|affichee?)\b"
    r"|\b(?:avec lequel|d ou|la ou|duquel|depuis lequel|sur lequel|par lequel|dont) (?:je|j) (?:\w+ ){0,2}?"
    r"(?:appell?e\w*|telephone|parle)\b"
    r"|\b(?:numero|celui|telephone|portable) (?:que (?:vous (?:avez|voyez)|j utilise)|de (?:cet|l) appel)\b"
)
_THE_SAME = re.compile(
    r"^(?:(?:ah|euh|ben|alors|oui|ouais|voila|exactement|tout a fait|c est|bien|toujours|a|sur|finalement) )*"
    r"(?:ce numero(?: la| ci)?|(?:le|au) meme(?: numero)?|celui (?:la|ci)(?: meme)?"
    r"|le (?:bon|mien)(?: numero)?)$"
)
_ANOTHER = frozenset(["pas", "plus", "jamais", "autre", "sauf", "quoi", "comment", "pourquoi", "quel"])
"""Beside it, that number is not meant, or asked about."""
_LANDLINE = re.compile(
    r"\b(?:(?:pas|plus) de|sans|aucun|ni) (?:telephone )?(?:portable|mobile)\b"
    r"|\b(?:c est (?:un|le|mon|que le|juste le|seulement le)|qu un) (?:telephone |numero )?fixe\b"
)
_PAUSE = re.compile(
    r"^(?:(?:ah|oh|euh|heu|oui|ouais|bon|ben|bah|ok|d accord|non|mais|alors|donc|hop) )*"
    r"(?:attendez|attends|patientez|(?:ne )?quittez? pas|(?:ne )?bougez? pas)\b"
)
_LOOKS = re.compile(
    r" (?:que )?(?:je|j|on) (?:\w+ ){0,2}?(?:regarde|cherche|demande|vais|verifie|retrouve|lis)\b"
    r"(?!.* (?:c est|voila) )"
)
_NO_PAUSE = re.compile(
    r"\b(?:plutot|finalement|annul\w*|laisse\w* tomber|trompee?|quoi|comment|quel\w*|pourquoi|combien"
    r"|jamais|vous|pas (?:ca|pour|cel\w+))\b"
)
_BELIEVED = 0.5
"""Confidence of a name or number below which it is asked again: all of them are read back in any case."""


def phone_in(found: Understanding) -> str | None:
    """The telephone number given, E.164; None where there is none, or none that can exist."""
    return next((e.e164 for e in found.entities if e.type == "phone" and e.valid and e.e164), None)


def may_lack_digits(found: Understanding) -> bool:
    """A number that only a strained reading makes whole is asked once more; then it is read back."""
    return any(entity.type == "phone" and entity.ambiguous for entity in found.entities)


def typed_phone(talk: Talk, digits: str) -> str | None:
    """The number typed, E.164; None where it cannot exist."""
    found = values_in(talk, digits, "phone")
    return next((e.e164 for e in found if e.type == "phone" and e.valid and e.e164), None)


def own_number(talk: Talk, said: Said) -> str | None:
    """The number they call from, where that is the one meant: « celui qui s'affiche »."""
    words = plain(said.text)
    meant = bool(_OWN_NUMBER.search(words)) and not _ANOTHER & set(words.split())
    if not (meant or (talk.state.expects == "phone" and is_the_same(said.text))):
        return None
    return talk.state.caller if said.heard >= talk.town.thresholds.confirm else None


def is_the_same(text: str) -> bool:
    """« À ce numéro-là », « c'est le bon »: the one just read back, else the one they call from."""
    return bool(_THE_SAME.match(plain(text)))


def has_landline(text: str) -> bool:
    """« J'ai pas de portable, c'est un fixe »: no refusal of a call there."""
    said = plain(text)
    return bool(_LANDLINE.search(said)) and not _NO & set(said.split()[:1])


def opens_a_pause(text: str) -> bool:
    """« Attendez, je crois qu'il est dans le tiroir »; « attendez, pas celui-là » corrects."""
    said = plain(text)
    opened = _PAUSE.match(said)
    return opened is not None and not _NO_PAUSE.search(said[opened.end() :])


def is_looking(text: str) -> bool:
    """« Attendez, je regarde le nom de la rue »: what is named is not told yet."""
    said = plain(text)
    opened = _PAUSE.match(said)
    return opened is not None and bool(_LOOKS.match(said[opened.end() :]))


def name_in(found: Understanding, heard: float) -> str | None:
    """The name given, as it is written."""
    if heard < _BELIEVED:
        return None
    return next((entity.value for entity in found.entities if entity.type == "name"), None)


def name_told(talk: Talk, said: Said) -> str | None:
    """A name given where something else was asked: announced (« c'est madame… »), or words of no request."""
    if (name := name_in(said.found, said.heard)) is not None:
        return name
    if said.found.intent not in ("reponse", "incompris") or said.heard < _BELIEVED:
        return None
    bare = next((one.value for one in values_in(talk, said.text, "name") if one.type == "name"), None)
    few = len(plain(said.text).split()) <= _FEW_WORDS
    unmet = bare is not None and not any(is_met(talk.town, word) for word in plain(bare).split())
    return bare if few and unmet else None


def values_in(talk: Talk, text: str, expects: Expects | None) -> tuple[Entity, ...]:
    """The values in this text, read as an answer of this kind."""
    return entities_in(text, talk.now, talk.town.tz, expects, values_of(talk.town))


def commits(talk: Talk, said: Said, asked: Intent | None = None) -> bool:
    """Whether this is a yes that commits: plain, well heard, by a recogniser that may be believed.

    « Oui annulez-le » may be heard as the request `asked`; « oui mais… » and « non non c'est bon » commit
    to nothing.
    """
    sure = said.found.confidence >= talk.town.thresholds.answer and said.trust != "keys"
    first = plain(said.text).split()[:1]
    says_yes = said.found.intent == "oui" or (said.found.intent == asked and first in (["oui"], ["ouais"]))
    return sure and says_yes and not has_reserve(said.text)


def has_reserve(text: str) -> bool:
    """Whether a yes has a « mais », a « non » or a « pas » in it."""
    said = _STILL_YES.sub(" ", plain(text))
    return bool(_REFUSING & set(said.split()))


def says_yes(talk: Talk, said: Said) -> bool:
    """Whether this agrees, where nothing is committed by it: « oui », « oui c'est dangereux »."""
    if said.yes_or_no == "yes" and said.found.confidence >= talk.town.thresholds.answer:
        return True
    return _begins(talk, said, _YES) and not has_reserve(said.text)


def says_no(talk: Talk, said: Said) -> bool:
    """Whether this refuses and asks for nothing else: « non », « non un autre numéro »."""
    if said.yes_or_no == "no" and said.found.confidence >= talk.town.thresholds.answer:
        return True
    asks_else = said.sure and is_request(said.found.intent)
    return _begins(talk, said, _NO) and not asks_else and not _STILL_YES.search(plain(said.text))


def begins_with_no(text: str) -> bool:
    """« Non, le matin je travaille »."""
    return bool(_NO & set(plain(text).split()[:1]))


def _begins(talk: Talk, said: Said, with_words: frozenset[str]) -> bool:
    heard = said.heard >= talk.town.thresholds.answer and said.trust != "keys"
    return heard and not said.found.entities and bool(with_words & set(plain(said.text).split()[:1]))


def phone_question(talk: Talk, offered: str | None) -> tuple[str, Expects]:
    """Asks for a number: the one they call from where it is known, else one to say or type."""
    words = talk.town.requests
    keys = talk.state.ears.of("phone") == "keys"
    if offered is not None:
        template = words.phone_offered_keys if talk.state.ears.of("yes_no") != "free" else words.phone_offered
        return talk.phrase(template, telephone=wording.spoken_phone(offered)), "yes_no"
    return talk.phrase(words.phone_typed if keys else words.phone_asked), "phone"
