"""What callers of a content would hear: told in words, spoken, and tried in text."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from dialog.actions import Say
from dialog.events import CallStarted, Keys
from dialog.manager import State, step
from dialog.town_hours import tell_now
from prompts.content import ServiceEntry, Town
from prompts.menu import REQUESTS_TOLD, MenuKey
from prompts.pages.desk import NotSpoken, Said
from speech.engine import Synthesiser
from speech.errors import SpeechError
from speech.recorded import wav
from speech.telephone_band import over_telephone
from standardiste.town import read_town
from standardiste.written_call import Json, WrittenCall

_MENU = (
    ("1", "horaires"),
    ("2", "documents"),
    ("3", "rendez-vous"),
    ("4", "signalement"),
)
_PERSON = ("0", "une personne")


def told_hours(town: Town, place: str, now: datetime) -> tuple[str, ...]:
    """What a caller hears who asks for the hours of this place."""
    services = {**town.commune.services, "mairie": ServiceEntry.model_validate({"horaires": place})}
    commune = town.commune.model_copy(update={"services": services})
    return tell_now(replace(town, commune=commune), "mairie", now)


def told_menu(town: Town, now: datetime) -> tuple[Said, ...]:
    """The greeting, and each key's first answer."""
    state, actions = step(town, State(), CallStarted(None), now)
    lines = [Said("agent", action.text) for action in actions if isinstance(action, Say)]
    own = ((key, _leads_to(town, meant)) for key, meant in sorted(town.menu.keys.items()))
    for key, name in (*_MENU, *own, _PERSON):
        _, answer = step(town, state, Keys(key), now)
        said = " ".join(action.text for action in answer if isinstance(action, Say))
        lines += [
            Said("appelant", f"Touche {key} ({name})"),
            Said("agent", said or "(on sonne chez les agents)"),
        ]
    return tuple(lines)


def _leads_to(town: Town, meant: MenuKey) -> str:
    """What one of the town's own keys stands for."""
    if meant.question is not None:
        return town.faq.questions[meant.question].name
    assert meant.request is not None
    about = town.comprehension.names.get(meant.service)
    return ", ".join((REQUESTS_TOLD[meant.request], *((about,) if about else ())))


async def spoken_wav(synthesiser: Synthesiser, text: str, telephone: bool) -> bytes:
    """The text as a WAV; `telephone`: with what a line leaves of it. Raises NotSpoken."""
    try:
        sound = await synthesiser.synthesise(text)
    except SpeechError as error:
        raise NotSpoken("La voix est prise ou ne répond pas : réessayez dans un instant.") from error
    return wav(over_telephone(sound.samples) if telephone else sound.samples)


class TextTrial:
    """A call in text with one content, on records of its own that nobody keeps. Not for the event loop."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        """Raises ContentError."""
        self._call = WrittenCall(read_town(folder), now(), caller=None)
        self._lines: list[Said] = []
        self._keep(list(self._call.begin()))

    @property
    def lines(self) -> tuple[Said, ...]:
        return tuple(self._lines)

    @property
    def ended(self) -> bool:
        return self._call.ended

    def say(self, text: str) -> None:
        """One turn: keys where it is nothing but keys, a silence where it is empty, else words."""
        if self.ended:
            return
        keys = text.replace(" ", "")
        if not keys:
            self._lines.append(Said("appelant", "(silence)"))
            turn: Json = {"silence": 8}
        elif not set(keys) - set("0123456789*#"):
            self._lines.append(Said("appelant", f"Touches {keys}" if len(keys) > 1 else f"Touche {keys}"))
            turn = {"dtmf": keys}
        else:
            self._lines.append(Said("appelant", text))
            turn = {"say": text}
        self._keep(list(self._call.turn(turn)))

    def close(self) -> None:
        """Hangs up, where the call goes on."""
        if not self.ended:
            list(self._call.hang_up())

    def _keep(self, lines: list[Json]) -> None:
        said = " ".join(line["agent"] for line in lines if "agent" in line)
        if said:
            self._lines.append(Said("agent", said))
