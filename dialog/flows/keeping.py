"""« Vous enregistrez ? », « vous gardez mon numéro ? »: what is kept, how long, as the town set it."""

import re

from dialog.matching import plain
from dialog.meaning import Understanding
from dialog.talk import Talk

_MAYBE_THE_REQUEST = re.compile(
    r"^(?:(?:oui|alors|bon|et|donc|est ce que|la) )*(?:c est|ca) enregistre\w*(?: la)?$"
)
"""After something was noted: « c'est enregistré ? » is not asked of the call."""


_OBJECTS = re.compile(
    r"^(?:(?:ah|oh|non|mais|ben|alors|moi|bon|et) )*(?:je (?:n )?(?:en )?(?:ne )?(?:veux|souhaite) pas"
    r"|je refuse|je m y oppose|je m oppose|pas d accord|je (?:ne )?suis pas d accord|surtout pas"
    r"|(?:ne )?gardez rien|effacez)\b"
)


def told(talk: Talk, found: Understanding) -> tuple[str, ...] | None:
    """What becomes of the words, or of the number and the rest; None where that is not asked."""
    words, kept = talk.town.requests, talk.town.commune.retention
    if talk.state.stage == "more" and _MAYBE_THE_REQUEST.search(plain(found.text)):
        return None
    if "kept" in found.signals:
        lines = (
            talk.phrase(
                words.numbers_kept, numeros=_days(kept.numbers_days), rappels=_days(kept.callbacks_days)
            ),
            talk.phrase(words.rights, courriel=talk.town.commune.contact.email),
        )
        return lines if "recorded" not in found.signals else (_recorded(talk), *lines)
    return (_recorded(talk),) if "recorded" in found.signals else None


def objects(found: Understanding) -> bool:
    """« Je refuse », « je ne veux pas », said right after."""
    return bool(_OBJECTS.search(plain(found.text)))


def _recorded(talk: Talk) -> str:
    days = talk.town.commune.retention.words_days
    return talk.phrase(talk.town.requests.words_kept, paroles=_days(days))


def _days(count: int) -> str:
    return "un jour" if count == 1 else f"{count} jours"
