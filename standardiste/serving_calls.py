"""The calls of one town on Asterisk: taken, rung, and those that were missed."""

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from prompts.phones import dialled
from standardiste.admin_draft_calls import DraftCalls
from standardiste.admin_live import LiveTown
from standardiste.admin_phone import AnnouncementLine
from standardiste.admitting import Admitting
from standardiste.answering import first_to
from standardiste.missed_calls import MissedCalls
from standardiste.records import TownRecords
from standardiste.ringing import Ringer
from standardiste.settings import AriSettings, Settings
from standardiste.switchboard import Switchboard
from standardiste.synthetic_asterisk import AsteriskWitness
from telephony.asterisk_call import AsteriskCall
from telephony.bridge import AsteriskBridge, AsteriskSettings


def bridge_of(
    settings: Settings,
    switchboard: Switchboard,
    drafts: DraftCalls,
    announcements: AnnouncementLine,
    live: LiveTown,
    now: Callable[[], datetime],
    admitting: Admitting,
    witness_line: AsteriskWitness | None,
) -> AsteriskBridge | None:
    """`brouillon` and `annonce` are what the dialplan says was dialled for the town hall's own lines, and
    `temoin` for the agent's call to itself."""
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
            case _:
                await switchboard.take(call, admitting.watching())

    def first(dialled: str, rung: str) -> tuple[str, str] | None:
        return first_to(live.town, now(), dialled, rung)

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
    settings: Settings, bridge: AsteriskBridge | None, records: TownRecords
) -> Coroutine[Any, Any, None] | None:
    """None where there is no Asterisk."""
    if bridge is None or settings.ari is None:
        return None
    fates, asterisk = bridge.fates, asterisk_of(settings.ari)
    return MissedCalls(records, asterisk, fates.of, fates=fates).run()


def asterisk_of(ari: AriSettings) -> AsteriskSettings:
    return AsteriskSettings(url=ari.url, user=ari.user, password=ari.password, app=ari.app)
