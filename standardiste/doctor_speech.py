"""Of the doctor: the models that hear and speak are there, whole, and quick enough on this machine."""

import asyncio
import time
from dataclasses import replace

from speech.engine import Synthesiser
from speech.errors import SpeechError
from speech.fetching import verify
from speech.pool import SpeechPool
from speech.settings import SpeechSettings
from speech.telephone_band import over_telephone
from speech.trust import TrustTable
from standardiste.doctor import Finding, Patient, bad, doubtful, good, none
from standardiste.speech_choice import ears_of, speech_settings

SENTENCE = "À quelle heure ouvre la mairie demain ?"
GOOD_EARS_MS, SLOW_EARS_MS = 800, 2000
"""To write a question of two seconds: beyond the first callers notice, beyond the second they hang up."""
GOOD_VOICE_MS, SLOW_VOICE_MS = 800, 2000
FETCH = "standardiste models list, puis models fetch --recommended"


async def check_models(patient: Patient) -> list[Finding]:
    found = await asyncio.to_thread(verify, patient.settings.models_dirs)
    broken = [f"{one.name} ({one.note})" for one in found if not one.ok]
    if broken:
        return [
            bad("Modèles", f"abîmés : {', '.join(broken)}", "Les reprendre : standardiste models fetch NOM")
        ]
    if not found:
        return [good("Modèles", "ceux du produit ; aucun autre n'est installé")]
    return [good("Modèles", f"{', '.join(one.name for one in found)} : entiers")]


async def check_speech(patient: Patient) -> list[Finding]:
    if patient.town is None:
        return []
    try:
        chosen = speech_settings(patient.settings, patient.town)
        # One worker, and nothing from the disk: what is measured is the machine.
        alone = replace(chosen, ear_workers=1, sentences_dir=None)
        async with SpeechPool(alone) as pool:
            voice = await _measured_voice(pool.synthesiser)
            return [voice, await _measured_ears(pool, confirms(alone, pool.trust))]
    except SpeechError as error:
        return [bad("Écoute et voix", f"{error}", f"{FETCH} ; et STANDARDISTE_EARS=auto.")]


def confirms(chosen: SpeechSettings, elsewhere: TrustTable | None = None) -> bool:
    """Whether what these ears hear has to be read back. `elsewhere`: what other machines tell of theirs."""
    return ears_of(chosen, elsewhere).open != "free"


async def _measured_voice(voice: Synthesiser) -> Finding:
    begun = time.monotonic()
    sound = await voice.synthesise(SENTENCE)
    return voice_finding(voice.name, sound.duration_ms / 1000, _since(begun))


async def _measured_ears(pool: SpeechPool, confirmed: bool) -> Finding:
    if pool.transcriber is None:
        return none("Écoute", "aucune : les touches seules sont comprises")
    question = over_telephone((await pool.synthesiser.synthesise(SENTENCE)).samples)
    took_ms, heard = [], ""
    for _ in range(2):  # the first time, a model is still being read from the disk
        begun = time.monotonic()
        heard = (await pool.transcriber.transcribe(question)).text
        took_ms.append(_since(begun))
    return ears_finding(pool.transcriber.name, heard, min(took_ms), confirmed=confirmed)


def _since(begun: float) -> int:
    return round(1000 * (time.monotonic() - begun))


def voice_finding(name: str, lasts_s: float, took_ms: int) -> Finding:
    told = f"{name}, une phrase de {lasts_s:.1f} s en {took_ms} ms"
    return _by_speed("Voix", told, took_ms, (GOOD_VOICE_MS, SLOW_VOICE_MS))


def ears_finding(name: str, heard: str, took_ms: int, *, confirmed: bool) -> Finding:
    """`confirmed`: whether what they hear is read back."""
    if "heure" not in heard and "mairie" not in heard:
        return bad("Écoute", f"{name} n'entend pas notre propre voix (« {heard} »)", FETCH)
    how = "fait confirmer ce qu'elle entend" if confirmed else "répond d'emblée"
    told = f"{name}, une question écrite en {took_ms} ms ; {how}"
    return _by_speed("Écoute", told, took_ms, (GOOD_EARS_MS, SLOW_EARS_MS))


def _by_speed(what: str, told: str, took_ms: int, limits_ms: tuple[int, int]) -> Finding:
    smaller = "Prendre un modèle plus petit (standardiste models list), ou une machine plus rapide."
    if took_ms > limits_ms[1]:
        return bad(what, f"{told} : trop lent pour une conversation", smaller)
    if took_ms > limits_ms[0]:
        return doubtful(what, f"{told} : un peu lent", smaller)
    return good(what, told)
