"""The call of `make demo`: played through the real pipeline and told turn by turn.

The callers are recordings that ship with the project (scripts/make_demo_callers.py). Where no recogniser is
installed the same call is made by keypad.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from speech.audio_files import read_sound, write_wav
from standardiste.settings import Settings
from standardiste.spoken_call import RehearsedTurn, rehearse
from standardiste.wiring import call_services
from telephony.rehearsal import CallerTurn, KeyedTurn, SpokenTurn

RECORDINGS = Path(__file__).parent / "demo_calls"
NOW = datetime(2026, 11, 24, 10, 0)
CALLER = "+596696000000"
OUT = Path("call.wav")

SPOKEN: tuple[tuple[str, str], ...] = (
    ("1-mairie.wav", "une dame, dans une cantine"),
    ("2-decheterie.wav", "une autre dame"),
    ("3-passeport.wav", "un monsieur"),
)
"""Then keys answer the questions about the passport, and the caller says goodbye."""
GOODBYE = ("4-merci.wav", "la deuxième dame")
KEYED = ("1", "2", "2", "1", "1")


async def play(settings: Settings) -> int:
    """Plays the call; 0 when it went to its end and each turn was answered."""
    async with call_services(settings, NOW) as opened:
        ears = opened.services.transcriber
        say(f"Un appel à la mairie de {opened.services.town.name}, mardi 24 novembre, 10 heures.")
        if ears:
            say(f"L'agent écoute avec {ears.name} et parle avec {opened.services.synthesiser.name}.\n")
        else:
            say("Aucun modèle d'écoute n'est installé : le même appel se fait aux touches.\n")
        turns, callers = _spoken_call() if ears else _keyed_call()
        heard: list[RehearsedTurn] = []

        def on_turn(turn: RehearsedTurn) -> None:
            heard.append(turn)
            tell(turn, callers[turn.number - 1] if 0 < turn.number <= len(callers) else "")

        line, tally = await rehearse(turns, opened.services, caller=CALLER, on_turn=on_turn)
    write_wav(OUT, *line.recording())
    outcome = tally.end_line()["outcome"]
    say(f"Fin de l'appel ({outcome}). Le son est dans {OUT} : l'appelant à gauche, l'agent à droite.")
    unanswered = [turn.number for turn in heard if turn.number and not turn.agent]
    if len(line.played) < len(turns) or unanswered:
        print("standardiste : l'appel ne s'est pas déroulé jusqu'au bout.", file=sys.stderr)
        return 1
    say("Appelez-le vous-même : « make serve » (du navigateur) ou « make asterisk » (un vrai Asterisk).")
    return 0


def _spoken_call() -> tuple[Sequence[CallerTurn], Sequence[str]]:
    spoken = [*SPOKEN, GOODBYE]
    turns = [SpokenTurn(read_sound(RECORDINGS / name).samples) for name, _ in spoken]
    callers = [who for _, who in spoken]
    # The first caller does not wait for the end of the greeting, nor the last for the end of the list.
    turns[0], turns[3] = replace(turns[0], barge_in_after_s=7.0), replace(turns[3], barge_in_after_s=15.0)
    # The passport's two questions are answered by keys: age, then case.
    return [*turns[:3], KeyedTurn("1"), KeyedTurn("1"), turns[3]], [*callers[:3], "", "", callers[3]]


def _keyed_call() -> tuple[Sequence[CallerTurn], Sequence[str]]:
    return [KeyedTurn(key) for key in KEYED], [""] * len(KEYED)


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
