"""When the agent answers: at once, after so many rings at the reception, when it is busy, or out of hours."""

from typing import Annotated, Final

from pydantic import BeforeValidator

ALWAYS: Final = "toujours"
OUT_OF_HOURS: Final = "hors_horaires"
WHEN_BUSY: Final = "occupe"
MOST_RINGS = 9
"""Three quarters of a minute: operators give up a call that nobody answers within a minute or so."""
RING_S = 5
"""From one ring to the next in France: 1.5 s of tone, 3.5 s of silence (ITU-T E.180 supplement 2)."""


def _answering(value: object) -> object:
    rings = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_RINGS
    if rings or value in (ALWAYS, OUT_OF_HOURS, WHEN_BUSY):
        return value
    raise ValueError(
        f"« {value} » n'est pas admis ; attendu : {ALWAYS}, {OUT_OF_HOURS}, {WHEN_BUSY}, ou un nombre de "
        f"sonneries, de 1 à {MOST_RINGS}"
    )


Answering = Annotated[str | int, BeforeValidator(_answering)]
"""One of the words above, or after how many rings at the reception."""


def answering_told(value: object) -> str:
    """« après 3 sonneries à l'accueil »; as it is where it is none of ours."""
    if isinstance(value, int):
        return f"après {value} sonnerie{'s' if value > 1 else ''} à l'accueil"
    told = {
        ALWAYS: "toujours",
        OUT_OF_HOURS: "seulement quand l'accueil est fermé",
        WHEN_BUSY: "quand l'accueil est occupé",
    }
    return told.get(str(value), str(value))
