"""The dialogue: `step` takes what happened and gives what to do. No I/O, no clock, no randomness.

Read the tables first: `_BY_INTENT` says what each request leads to, `_MENU` what each key leads to. Two
misses, or three silences, lead to a person; every call ends within MAX_TURNS events.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from dialog import replies, town_hours, wording
from dialog.actions import Action, Listen, Say
from dialog.documents import PAPERS, Topic
from dialog.events import CallStarted, Event, Heard, HungUp, Keys, Silence, TransferFinished
from dialog.meaning import Understanding
from dialog.replies import Turn, phrase
from dialog.state import State
from dialog.understanding import NOT_OURS, understand
from prompts.content import Choice, Town
from prompts.labels import Intent

__all__ = ["MAX_TURNS", "State", "step"]

MAX_TURNS = 60
"""A call that has not ended by then is one in which nobody is helped."""
_MISSES_BEFORE_PERSON = 2
_SILENCES_BEFORE_PERSON = 3

Handler = Callable[[Town, State, Understanding, datetime], Turn]


def step(town: Town, state: State, event: Event, now: datetime) -> tuple[State, tuple[Action, ...]]:
    """The state after this event and what to do, in order; `now` is aware."""
    if state.stage == "ended":
        return state, ()
    state = replace(state, turns=state.turns + 1)
    if state.turns > MAX_TURNS:
        return replies.end(town, state, (phrase(town, town.sentences.too_long),))
    match event:
        case HungUp():
            return replace(state, stage="ended", expects=None), ()
        case TransferFinished(_, reached):
            return _after_transfer(town, state, reached, now)
        case _ if state.stage == "transfer":
            return state, ()
        case CallStarted(_, ears):
            if state.stage != "new":
                return replies.again(state, ())
            return replies.greet(town, replace(state, ears=ears))
        case Heard(text, confidence):
            return _heard(town, replace(state, silences=0), text, confidence, now)
        case Keys(keys):
            return _keys(town, replace(state, silences=0), keys, now)
        case Silence():
            return _silence(town, state, now)


def _heard(town: Town, state: State, text: str, confidence: float, now: datetime) -> Turn:
    found = understand(text, now, town.tz, state.expects, town, heard=confidence)
    if found.danger is not None:
        return replies.emergency(town, state, found.danger)
    limits = town.comprehension.thresholds
    doubted = state.ears.of(state.expects) != "free"
    sure = found.confidence >= limits.answer
    if found.intent == "humain" and found.confidence >= limits.confirm and found.service != "autre_commune":
        return _person(town, state, found, now)
    if found.asks_source and sure:
        return replies.tell_source(town, state)
    if state.stage in ("confirm", "offer_person") and found.intent in ("oui", "non") and sure:
        return _yes_or_no(town, state, found.intent == "oui", now)
    if state.stage == "documents" and confidence >= (limits.answer if doubted else limits.confirm):
        topic = _other_paper(state.topic, found)
        topic = topic.told("aucun", tuple(c for c in found.choices if c in topic.missing))
        later = tuple(c for c in found.choices if c not in ("cni", "passeport"))
        topic = topic.told("aucun", later)
        if topic != state.topic:
            return replies.ask_documents(town, state, topic, now)
    if state.stage == "more" and found.intent in ("oui", "non", "merci_aurevoir"):
        over = found.intent != "oui"
        return replies.end(town, state) if over else replies.ask_openly(town, replies.understood(state))
    found = _completed(town, state, found, confidence)
    handler = _BY_INTENT.get(found.intent)
    if handler is None or found.confidence < limits.confirm:
        return _missed(town, state, now)
    if found.intent in _SUBJECTS and (found.confidence < limits.answer or doubted):
        return _confirm(town, state, found)
    return handler(town, state, found, now)


def _other_paper(topic: Topic, found: Understanding) -> Topic:
    """« Non, finalement c'est pour la carte d'identité. »"""
    papers = [choice for choice in found.choices if choice in ("cni", "passeport")]
    said = {found.intent, *(other.intent for other in found.alternatives)}
    changed = papers and topic.document is not None and said & {"non", "correction"}
    return replace(topic, document=papers[-1]) if changed else topic


def _completed(town: Town, state: State, found: Understanding, heard: float) -> Understanding:
    """« Et samedi ? » after opening hours; a bare service is taken up and confirmed."""
    if found.service in NOT_OURS:
        return replace(found, intent="hors_sujet", confidence=round(0.8 * heard, 3))
    if found.intent not in ("incompris", "reponse"):
        return found
    if state.stage == "more" and state.hours_of is not None and (found.entities or found.service != "aucun"):
        return replace(found, intent="horaires", confidence=round(0.8 * heard, 3))
    if found.service in PAPERS:
        return replace(found, intent="pieces", confidence=round(0.5 * heard, 3))
    has_hours = found.service == "mairie" or town.entry(found.service).place != "mairie"
    if has_hours or (found.service == "aucun" and found.entities):
        return replace(found, intent="horaires", confidence=round(0.5 * heard, 3))
    if found.service != "aucun":
        return replace(found, intent="demarche_info", confidence=round(0.8 * heard, 3))
    return found


def _confirm(town: Town, state: State, found: Understanding) -> Turn:
    """Ask back rather than answer wrong."""
    words, names = town.sentences, town.comprehension.names
    if found.intent == "horaires":
        name = town_hours.place_of(town, found.service).name
        subject = phrase(town, words.topic_hours, de_service=wording.of(name))
    elif found.intent in ("pieces", "cout_delai"):
        name = names.get(found.service, names["titre_identite"])
        subject = phrase(town, words.topic_documents, service=name)
    else:
        contact = found.intent == "adresse_contact"
        subject = phrase(town, words.topic_contact if contact else words.topic_other)
    template = words.confirm if state.ears.of("yes_no") == "free" else words.confirm_keys
    question = phrase(town, template, sujet=subject[0].lower() + subject[1:])
    return replies.speak(replace(state, pending=found), (), question, stage="confirm", expects="yes_no")


def _yes_or_no(town: Town, state: State, yes: bool, now: datetime) -> Turn:
    if state.stage == "offer_person":
        if yes:
            return replies.to_person(town, replies.understood(state), state.extension, now)
        return replies.ask_more(town, replies.understood(state), ())
    pending = state.pending
    if yes and pending is not None:
        return _BY_INTENT[pending.intent](town, state, replace(pending, confidence=1.0), now)
    state = replace(state, pending=None, stage="open", expects=None, misses=state.misses + 1)
    if state.misses >= _MISSES_BEFORE_PERSON:
        return replies.to_person(town, state, "accueil", now, (phrase(town, town.sentences.handing_over),))
    return replies.ask_openly(town, state, (phrase(town, town.sentences.misheard),))


def _missed(town: Town, state: State, now: datetime) -> Turn:
    """Not understood: ask again with examples; the second time, a person."""
    state = replace(state, misses=state.misses + 1)
    if state.misses >= _MISSES_BEFORE_PERSON:
        return replies.to_person(town, state, "accueil", now, (phrase(town, town.sentences.handing_over),))
    if state.stage in ("documents", "confirm", "offer_person"):
        return replies.again(state, (phrase(town, town.sentences.missed_choice),))
    if state.ears.open != "free":
        said = (phrase(town, town.sentences.missed_choice),)
        return replies.again(state, said, phrase(town, town.sentences.menu))
    return replies.again(state, (phrase(town, town.sentences.missed),), "")


def _silence(town: Town, state: State, now: datetime) -> Turn:
    """Re-prompt, re-prompt with the keys, then a person."""
    state, words = replace(state, silences=state.silences + 1), town.sentences
    if state.silences >= _SILENCES_BEFORE_PERSON:
        return replies.to_person(town, state, "accueil", now, (phrase(town, words.handing_over),))
    if state.silences == 1:
        if state.expects is None:
            return replies.again(state, (phrase(town, words.silence_rephrase),), "")
        return replies.again(state, ())
    asked = state.question if state.expects == "choice" else phrase(town, words.menu)
    return replies.again(state, (phrase(town, words.silence_keys),), asked)


def _keys(town: Town, state: State, keys: str, now: datetime) -> Turn:
    """Each key in turn; what the last one leads to is what is said."""
    turn: Turn = replies.again(state, (phrase(town, town.sentences.unknown_key),))
    for key in keys[:16]:
        turn = _key(town, turn[0], key, now)
        if turn[0].stage in ("transfer", "ended"):
            break
    return turn


def _key(town: Town, state: State, key: str, now: datetime) -> Turn:
    if key == "0":
        return _person(town, state, Understanding("humain", "aucun", 1.0, "handover"), now)
    if key == "*":
        return _repeat(town, state, _of("repeter"), now)
    if state.stage == "documents" and key.isdigit() and 1 <= int(key) <= len(state.topic.missing):
        choice: Choice = state.topic.missing[int(key) - 1]
        return replies.ask_documents(town, state, state.topic.told("aucun", (choice,)), now)
    if state.stage in ("confirm", "offer_person") and key in "12":
        return _yes_or_no(town, state, key == "1", now)
    if state.stage in ("open", "more", "new") and key in _MENU:
        intent = _MENU[key]
        return _BY_INTENT[intent](town, state, _of(intent), now)
    return _unknown_key(town, state, now)


def _unknown_key(town: Town, state: State, now: datetime) -> Turn:
    state = replace(state, misses=state.misses + 1)
    if state.misses > _MISSES_BEFORE_PERSON:
        return replies.to_person(town, state, "accueil", now, (phrase(town, town.sentences.handing_over),))
    asked = state.question if state.expects else phrase(town, town.sentences.menu)
    return replies.again(state, (phrase(town, town.sentences.unknown_key),), asked)


def _of(intent: Intent) -> Understanding:
    return Understanding(intent, "aucun", 1.0, "continue")


def _after_transfer(town: Town, state: State, reached: bool, now: datetime) -> Turn:
    if state.stage != "transfer":
        return state, ()
    if reached:  # the caller talks to a person: nothing more is ours to do
        return replace(state, stage="ended", expects=None), ()
    entry = town.commune.extensions[state.extension]
    nobody = phrase(town, town.sentences.transfer_no_answer, service=entry.name)
    return replies.no_person(town, state, (nobody, *_hours_of(town, state.extension, now)))


def _hours_of(town: Town, extension: str, now: datetime) -> tuple[str, ...]:
    place = town.commune.extensions[extension].place
    today = now.astimezone(town.tz).date()
    week = wording.usual_week(town_hours.plan_of(town, town.commune.places[place]), today)
    whose = wording.of(town.commune.places[place].name)
    return (phrase(town, town.sentences.usual_week, de_service=whose, semaine=week),) if week else ()


def _person(town: Town, state: State, found: Understanding, now: datetime) -> Turn:
    return replies.to_person(town, replies.understood(state), town.entry(found.service).extension, now)


def _hours(town: Town, state: State, found: Understanding, now: datetime) -> Turn:
    return replies.tell_hours(town, state, found, now)


def _contact(town: Town, state: State, _found: Understanding, _now: datetime) -> Turn:
    return replies.tell_contact(town, state)


def _documents(town: Town, state: State, found: Understanding, now: datetime) -> Turn:
    if found.service in PAPERS or found.service in ("aucun", "mairie"):
        topic = Topic().told(found.service, tuple(c for c in found.choices if c not in ("cni", "passeport")))
        return replies.ask_documents(town, state, topic, now)
    return replies.offer_person(town, state, found.service, (phrase(town, town.sentences.not_served),))


def _cost(town: Town, state: State, found: Understanding, now: datetime) -> Turn:
    """What a paper costs is told with its list: the price depends on the same answers."""
    return (_documents if found.service in PAPERS else _not_served)(town, state, found, now)


def _appointment(town: Town, state: State, found: Understanding, _now: datetime) -> Turn:
    return replies.offer_person(town, state, found.service, (phrase(town, town.sentences.no_appointments),))


def _report(town: Town, state: State, found: Understanding, _now: datetime) -> Turn:
    return replies.offer_person(town, state, found.service, (phrase(town, town.sentences.no_reports),))


def _not_served(town: Town, state: State, found: Understanding, _now: datetime) -> Turn:
    return replies.offer_person(town, state, found.service, (phrase(town, town.sentences.not_served),))


def _not_ours(town: Town, state: State, found: Understanding, _now: datetime) -> Turn:
    state = replace(replies.understood(state), refusals=state.refusals + 1)
    words = town.sentences
    line = words.other_town if found.service == "autre_commune" else words.not_ours
    return replies.ask_more(town, state, (phrase(town, line),))


def _repeat(town: Town, state: State, _found: Understanding, _now: datetime) -> Turn:
    state = replies.understood(state) if state.stage != "confirm" else state
    if state.said and state.stage != "documents":
        return replies.again(state, state.said)
    return replies.again(state, () if state.question else (phrase(town, town.sentences.nothing_to_repeat),))


def _wait(town: Town, state: State, _found: Understanding, _now: datetime) -> Turn:
    waiting = Say(phrase(town, town.sentences.take_your_time))
    return state, (waiting, Listen(state.expects, replies.LONG_PATIENCE_S))


def _hello(town: Town, state: State, _found: Understanding, _now: datetime) -> Turn:
    if state.stage == "open":
        return replies.ask_openly(town, state, (phrase(town, town.sentences.hello),))
    return replies.again(state, (phrase(town, town.sentences.hello),))


def _goodbye(town: Town, state: State, _found: Understanding, _now: datetime) -> Turn:
    return replies.end(town, state)


_BY_INTENT: dict[Intent, Handler] = {
    "horaires": _hours,
    "adresse_contact": _contact,
    "pieces": _documents,
    "cout_delai": _cost,
    "rdv_prendre": _appointment,
    "rdv_deplacer": _appointment,
    "rdv_annuler": _appointment,
    "rdv_consulter": _appointment,
    "signalement": _report,
    "reclamation": _not_served,
    "suivi_dossier": _not_served,
    "demarche_info": _not_served,
    "eligibilite": _not_served,
    "humain": _person,
    "rappel": _person,
    "sensible": _person,
    "hors_sujet": _not_ours,
    "repeter": _repeat,
    "attendre": _wait,
    "salutation": _hello,
    "merci_aurevoir": _goodbye,
}
_MENU: dict[str, Intent] = {"1": "horaires", "2": "pieces", "3": "rdv_prendre", "4": "signalement"}
_SUBJECTS: frozenset[Intent] = frozenset(
    {"horaires", "adresse_contact", "pieces", "cout_delai", "rdv_prendre", "signalement", "suivi_dossier"}
)
"""Worth confirming when we are not sure."""
