"""The calls of one town on Asterisk: taken, rung, and those that were missed."""

import logging
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, Protocol

from prompts.phones import dialled
from standardiste.admin_draft_calls import DraftCalls
from standardiste.admin_live import LiveTown
from standardiste.admin_phone import AnnouncementLine
from standardiste.answering import first_to
from standardiste.missed_calls import EVERY_S, MissedCalls
from standardiste.records import TownRecords
from standardiste.ringing import Ringer
from standardiste.settings import AriSettings, Settings
from standardiste.switchboard import Switchboard
from standardiste.synthetic_asterisk import AsteriskWitness
from telephony.asterisk_call import AsteriskCall
from telephony.bridge import AsteriskBridge, AsteriskSettings, Door
from telephony.call import CallObserver

log = logging.getLogger("standardiste.calls")


class CallDoor(Door, Protocol):
    """Through which calls come in, and what follows each."""

    def watching(self) -> CallObserver: ...


def bridge_of(
    settings: Settings,
    switchboard: Switchboard,
    drafts: DraftCalls,
    announcements: AnnouncementLine,
    live: LiveTown,
    now: Callable[[], datetime],
    admitting: CallDoor,
    witness_line: AsteriskWitness | None,
    is_ours: Callable[[str], bool] = lambda _dialled: True,
) -> AsteriskBridge | None:
    """`brouillon` and `annonce` are what the dialplan says was dialled for the town hall's own lines, and
    `temoin` for the agent's call to itself. `is_ours`: whether a number leads to this town, where there are
    several."""
    if settings.ari is None:
        return None

    def on_call_number() -> str | None:
        on_call = live.town.commune.on_call
        return dialled(on_call.phone) if on_call else None

    async def take(call: AsteriskCall) -> None:
        match call.dialled:
            case "brouillon":
                await drafts.take(call)
            case "annonce":
                await announcements.take(call)
            case "temoin" if witness_line is not None:
                await witness_line.take(call)
            case number if not is_ours(number):
                log.error("call %s is another town's by its number: it is hung up", call.channel_id)
                await call.hang_up()
            case _:
                await switchboard.take(call, admitting.watching())

    def first(dialled: str, rung: str) -> tuple[str, str] | None:
        return first_to(live.town, now(), dialled, rung) if is_ours(dialled) else None

    return AsteriskBridge(
        asterisk_of(settings.ari), take, door=admitting, on_call_number=on_call_number, first=first
    )


def ringer_of(settings: Settings, records: TownRecords, live: LiveTown) -> Ringer | None:
    if settings.ari is None:
        return None
    asterisk = asterisk_of(settings.ari)
    return Ringer(
        records.database,
        records.now,
        asterisk,
        lambda: live.town.commune.contact.phone,
        settings.calls_per_day,
    )


def missed_calls_of(
    settings: Settings,
    bridge: AsteriskBridge | None,
    records: TownRecords,
    every_s: float = EVERY_S,
    first_s: float = 0.0,
) -> Coroutine[Any, Any, None] | None:
    """None where there is no Asterisk. `every_s`, `first_s`: when they are looked for."""
    if bridge is None or settings.ari is None:
        return None
    fates, asterisk = bridge.fates, asterisk_of(settings.ari)
    return MissedCalls(records, asterisk, fates.of, every_s, first_s, fates).run()


def asterisk_of(ari: AriSettings) -> AsteriskSettings:
    return AsteriskSettings(ari.url, ari.user, ari.password, ari.app, ari.town)
