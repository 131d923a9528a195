"""The name under which an agent takes calls beside another (extensions.conf, [agent] and [releve]).

Who has a name holds a lock on it: Asterisk lists a name for long after its agent is gone.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from standardiste.errors import Unusable
from standardiste.settings import Settings
from telephony.bridge import RELIEF


@contextmanager
def named(settings: Settings, *, beside: bool) -> Iterator[Settings]:
    """The settings with the name that this agent has meanwhile.

    `beside`: the one of both that nobody has on this data folder; else the main one. Raises Unusable where it
    is taken: Asterisk gives a name to who asks last, and the calls of who had it would fall.
    """
    ari = settings.ari
    if ari is None:
        yield settings
        return
    names = (ari.app, ari.app + RELIEF) if beside else (ari.app,)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    for name in names:
        with (settings.data_dir / f".{name}.pris").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield replace(settings, ari=replace(ari, app=name))  # the system takes the lock back in any case
            return
    if beside:
        raise Unusable(
            "Deux standardistes tournent déjà côte à côte : attendez que l'ancien ait fini ses appels."
        )
    raise Unusable(
        f"Un standardiste prend déjà les appels sous le nom « {ari.app} » : attendez qu'il ait fini les "
        "siens, ou lancez celui-ci à côté (serve --beside)."
    )
