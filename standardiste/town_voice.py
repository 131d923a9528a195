"""How a town's content is said and listened for: its own words, its recordings, what its callers ask."""

import logging
import wave
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from dialog.awaited import awaited_sentences
from prompts.agreeing import with_town
from prompts.content import Town
from speech.audio import Samples
from speech.awaited import Awaited
from speech.diction import Diction
from speech.pronunciations import Pronunciations

log = logging.getLogger("standardiste")

Given = TypeVar("Given")


def _once(work: Callable[[Town], Given]) -> Callable[[Town], Given]:
    """The same, worked out once for each town and kept as long as it is: no draft pushes out the live one."""
    known: WeakKeyDictionary[Town, Given] = WeakKeyDictionary()

    @wraps(work)
    def kept(town: Town) -> Given:
        if town not in known:
            known[town] = work(town)
        return known[town]

    return kept


@_once
def diction_of(town: Town) -> Diction:
    """Worked out once for a town. Reads the sounds: not for the event loop, the first time."""
    paths = {each.text: each.path for each in town.recorded}
    paths |= {with_town(each.text, town.name): each.sound for each in town.announcements if each.sound}
    recorded = {text: sound for text, path in paths.items() if (sound := _sound(path)) is not None}
    return Diction(Pronunciations(town.pronunciations.pairs()), recorded)


@_once
def awaited_of(town: Town) -> Awaited:
    """What the callers of this town are awaited to say to an open question."""
    return Awaited(awaited_sentences(town), town.listening.keywords)


def _sound(path: Path) -> Samples | None:
    """A WAV of ours; None, and the voice speaks, where it is gone since the content was read."""
    try:
        with wave.open(str(path)) as file:
            return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int16)
    except (OSError, EOFError, wave.Error) as error:
        log.error("a recorded sentence cannot be played, the voice says it: %s", error)
        return None
