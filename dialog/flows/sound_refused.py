"""« Je ne souhaite pas être enregistrée », « pas d'enregistrement »: the sound refused, in whatever words.

Said of the call: « on m'a refusé l'enregistrement de mon dossier » refuses nothing, nor does « je refuse de
payer ». Asked of recorded calls alone, where a doubt is a refusal: it costs the caller nothing.
"""

import re

from dialog.matching import plain

_LEAD = (
    r"(?:(?:ah|oh|eh|euh|hein|non|nan|mais|ben|bah|alors|moi|bon|et|oui|ok|d accord|bonjour|bonsoir|allo"
    r"|merci|madame|monsieur|s il vous plait) )*"
)
_TAIL = (
    r"(?: (?:merci|ca|cela|du tout|moi|madame|monsieur|s il vous plait|s il te plait|hein|non|bien sur"
    r"|categoriquement|absolument))*"
)
_BARE = re.compile(
    rf"{_LEAD}(?:(?:je )?(?:le )?refuser?|refus|je m y oppose|je m oppose|(?:je suis )?contre|pas d accord"
    r"|je (?:n |ne )?(?:suis|veux|voudrais|souhaite|prefere|prefererais|accepte) pas(?: d accord)?"
    r"|je prefere que non|j (?:accepte|autorise|aimerais|aime) pas|je n (?:accepte|autorise|aimerais) pas"
    rf"|surtout pas){_TAIL}"
)
"""The whole of what is said: « je ne veux pas payer ma cantine » refuses something else."""
_AT_ONCE = re.compile(
    rf"{_LEAD}(?:non|nan|(?:je (?:tape|fais|dis) )?(?:(?:la )?touche |le )?(?:neuf|9)){_TAIL}"
)
"""What the announcement alone asks for."""

_THE_SOUND = (
    r"(?:(?:d |de l |l |a l |cet |votre |vos |les |aux )?enregistrements?"
    r"|(?:(?:etre|soyons|sois|soit) )?enregistree?s?"
    r"|(?:qu on |que vous |vous |d |de )?(?:n |m |nous )?enregistr(?:e|er|ez|ent|iez))\b"
)
_OF_SOMETHING_ELSE = (
    r"(?! (?:sur|dans|comme|aupres|au|chez|quand)\b)"
    r"(?! (?:d|de|du|des|un|une|mon|ma|mes|son|sa|ses|leurs?|nos|notre|le|la|les|l)\b"
    r"(?! (?:(?:l|la|cet|cette|mon|ma|mes|notre) )?"
    r"(?:appel|conversation|voix|paroles|echange|telephone|toute?)\b))"
)
_WISH = (
    r"(?:veux|voudrais|souhaite|accepte|aime|aimerais|autorise|permets|prefere|tiens|suis|donne|ai|desire)"
)
_NO = (
    rf"(?:(?:je |j ){_WISH} (?:pas|plus|jamais)|je (?:n |ne ){_WISH} (?:pas|plus|jamais)|prefere(?:rais)? pas"
    rf"|^{_LEAD}pas|(?:mais|et|surtout|donc|alors) pas|sans|contre|soit pas|etre pas|ne (?:pas|plus)"
    r"|\bje (?:m y |m |vous )?(?:\w+ )?(?:refuse|oppose)|refuser|opposer"
    r"|non|hors de question|vous interdis|aucune envie|pas le droit"
    r"|(?:ca|cela) me (?:derange|gene|ennuie|embete)"
    r"|arret\w+|stop\w*|coup(?:ez|er|e)|desactiv\w+|supprim\w+|effac\w+|enlev\w+|retir\w+)"
)
_BETWEEN = (
    r"(?: (?:d accord|donne|l accord|mon accord|envie|pour|a ce|ce|que|qu|l appel|la conversation|cet appel"
    r"|ma voix|mes paroles|avec|de|d|a l idee|tout|cela|ca|du tout|categoriquement|absolument))*"
)
_REFUSED = re.compile(rf"\b{_NO}{_BETWEEN} {_THE_SOUND}{_OF_SOMETHING_ELSE}")
_NOTHING_ELSE = re.compile(rf"{_LEAD}{_NO}{_BETWEEN} {_THE_SOUND}{_TAIL}")
_SOUND_FIRST = re.compile(
    r"\b(?:n |m )enregistr(?:ez|er|iez|e) (?:pas|plus|rien)\b"
    + _OF_SOMETHING_ELSE
    + r"|\benregistrement (?:moi )?(?:je (?:le |m y )?(?:refuse|oppose)|non|pas question|pas d accord"
    r"|(?:j |je n )en veux pas|je (?:ne |n en )?veux pas)\b"
)
_BY_OTHERS = re.compile(r"\b(?:a|ont|avez|est|me|mairie|service|civil|vous) refuse(?:z|e|es)?\b")


def refuses(text: str) -> bool:
    """Whether it refuses, at whatever time of a call, that the call is recorded."""
    said = plain(text)
    refused = _REFUSED.search(said) or _SOUND_FIRST.search(said)
    return refused is not None and _BY_OTHERS.search(said) is None


def only_refuses(text: str) -> bool:
    """Whether nothing else is said: « je n'ai pas envie d'être enregistrée » is no cry of distress."""
    return _NOTHING_ELSE.fullmatch(plain(text)) is not None


def refuses_what_was_told(text: str, *, at_once: bool) -> bool:
    """The same of an answer to the announcement, which need not name it; `at_once`: the very first one."""
    said = plain(text)
    return bool(_BARE.fullmatch(said) or (at_once and _AT_ONCE.fullmatch(said)))
