"""What a person answers to a message of the town hall's: OK, NON, REPORT, STOP, or more. Pure."""

from typing import Literal

from callbacks.names import name_key

Answer = Literal["ok", "non", "report", "stop", "reprise"]
_WHOLE: dict[Answer, frozenset[str]] = {
    "ok": frozenset(
        (
            "ok", "okay", "oui", "oui ok", "ok oui", "ok merci", "oui merci", "d accord", "ok d accord",
            "je confirme", "oui je confirme", "ok je confirme", "confirme", "c est bon", "ok c est bon", "1",
        )
    ),
    "non": frozenset(("non", "non merci", "non ca ira", "je la laisse")),
    "report": frozenset(
        (
            "report", "reporter", "je reporte", "report svp", "report merci", "report s il vous plait",
            "a reporter", "je veux reporter", "je voudrais reporter", "2",
        )
    ),
    "stop": frozenset(("stop", "stop sms", "stop merci", "arret", "desabonner", "me desabonner")),
    "reprise": frozenset(("reprise", "start")),
}  # fmt: skip
"""The whole message: « ok mais je viens plus tard » is for a person to read."""


def meaning(text: str) -> Answer | None:
    """None for anything that only a person can understand."""
    words = name_key(text)
    return next((answer for answer, known in _WHOLE.items() if words in known), None)
