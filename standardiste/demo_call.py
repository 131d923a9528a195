"""The call of `make demo`: played through the real pipeline and told turn by turn.

The callers are recordings that ship with the project (scripts/make_demo_callers.py).
"""

import sys
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from speech.audio_files import read_sound, write_wav
from standardiste.errors import Unusable
from standardiste.records_opening import IN_MEMORY
from standardiste.settings import Settings
from standardiste.spoken_call import RehearsedTurn, rehearse
from standardiste.wiring import call_services
from telephony.rehearsal import CallerTurn, KeyedTurn, SpokenTurn

RECORDINGS = Path(__file__).parent / "demo_calls"
NOW = datetime(2026, 11, 24, 10, 0)
CALLER = "+596696000000"
OUT = Path("call.wav")

LADY, OTHER_LADY, MAN = "une dame, dans une cantine", "une autre dame", "un monsieur"
YES = "1"
"""Ears that cannot be believed have every request confirmed by a key."""


@dataclass(frozen=True)
class Caller:
    """Who plays a turn, and with what."""

    turn: CallerTurn
    who: str = ""


async def play(settings: Settings) -> int:
    """Plays the call; 0 when it went to its end, was heard, and each turn was answered."""
    # In memory: playing it again must find the same time slots free.
    async with call_services(replace(settings, database_url=IN_MEMORY), NOW) as opened:
        services = opened.services
        if services.transcriber is None:
            raise Unusable("Aucun modèle d'écoute ne se charge : la démonstration ne peut rien entendre.")
        say(f"Un appel à la mairie de {services.town.name}, mardi 24 novembre, 10 heures.")
        say(f"L'agent écoute avec {services.transcriber.name} et parle avec {services.synthesiser.name}.\n")
        callers = script(read_back=services.ears.open != "free")
        told: list[RehearsedTurn] = []

        def on_turn(turn: RehearsedTurn) -> None:
            told.append(turn)
            tell(turn, callers[turn.number - 1].who if turn.number else "")

        turns = [caller.turn for caller in callers]
        line, tally = await rehearse(turns, services, caller=CALLER, on_turn=on_turn)
    write_wav(OUT, *line.recording())
    outcome = tally.end_line()["outcome"]
    say(f"Fin de l'appel ({outcome}). Le son est dans {OUT} : l'appelant à gauche, l'agent à droite.")
    unanswered = [turn.number for turn in told if turn.number and not turn.agent]
    if len(line.played) < len(callers) or unanswered:
        print("standardiste : l'appel ne s'est pas déroulé jusqu'au bout.", file=sys.stderr)
        return 1
    say("Appelez-le vous-même : « make serve » (du navigateur) ou « make asterisk » (un vrai Asterisk).")
    return 0


def script(*, read_back: bool) -> list[Caller]:
    """The whole call. The first caller interrupts the greeting, the last one the list of documents."""
    confirmed = [Caller(KeyedTurn(YES, barge_in_after_s=3.5))] if read_back else []
    return [
        Caller(recording("1-mairie.wav", barge_in_after_s=7.0), LADY),
        *confirmed,
        Caller(recording("2-decheterie.wav"), OTHER_LADY),
        *confirmed,
        Caller(recording("3-passeport.wav"), MAN),
        *confirmed,
        Caller(KeyedTurn("1", barge_in_after_s=3.0)),  # an adult
        Caller(KeyedTurn("1", barge_in_after_s=3.0)),  # a first one
        Caller(recording("4-merci.wav", barge_in_after_s=12.0), OTHER_LADY),
    ]


def recording(name: str, *, barge_in_after_s: float | None = None) -> SpokenTurn:
    return SpokenTurn(read_sound(RECORDINGS / name).samples, barge_in_after_s)


def tell(turn: RehearsedTurn, who: str) -> None:
    """One turn, for people."""
    if turn.keys is not None:
        say(f"  ☎  touche {turn.keys}")
    elif turn.number and turn.heard:
        say(f"  ☎  {who} : « {turn.heard.text or '…'} »  (confiance {turn.heard.confidence:.2f})")
    elif turn.number:
        say(f"  ☎  {who} : rien n'a été entendu")
    latency = f"  [{turn.latency_ms} ms]" if turn.latency_ms is not None else ""
    say(f"  ◆  {turn.agent}{latency}\n")


def say(text: str) -> None:
    print(text, flush=True)
