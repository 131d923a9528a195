"""Of the doctor: whether the calls of a town that records them can be recorded, and listened to."""

from callbacks.sealed_sound import SoundUnreadable
from prompts.os_words import why
from standardiste.doctor import Finding, Patient, bad, doubtful, good, none
from standardiste.records_opening import recording_store

WHAT = "Enregistrement des appels"
_KEY = "Voir STANDARDISTE_RECORDINGS_KEY_FILE : 32 signes au moins, au hasard, lus par l'agent seul."


async def check_recording(patient: Patient) -> list[Finding]:
    if patient.town is None:
        return []
    if not patient.town.commune.recording.active:
        return [none(WHAT, "arrêté : aucun son n'est gardé")]
    store, given = recording_store(patient.settings), patient.settings.recordings_key
    try:
        store.check_key()
    except FileNotFoundError:
        if given is not None:
            return [bad(WHAT, f"la clé « {given} » n'est pas là : rien ne s'enregistre", _KEY)]
    except OSError as error:
        return [bad(WHAT, f"la clé ne se lit pas : {why(error)}", _KEY)]
    except SoundUnreadable:
        return [bad(WHAT, "la clé est trop courte : rien ne s'enregistre", _KEY)]
    if not store.has_room():
        return [doubtful(WHAT, "le disque est presque plein : rien ne s'enregistre", "Faire de la place.")]
    days = patient.town.commune.retention.sound_days
    return [good(WHAT, f"en marche, {days} jours, {len(store.files())} sur cette machine")]
