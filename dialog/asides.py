"""What may be said at any time, whatever was asked: a person, again, wait, whence, keep nothing."""

import re
from dataclasses import replace

from dialog.actions import Ask, Listen, Say
from dialog.flows import collect, facts, keeping
from dialog.flows.topics import about_of
from dialog.matching import plain
from dialog.meaning import Understanding
from dialog.office import KeepNoWords
from dialog.talk import LONG_PATIENCE_S, Person, Result, Said, Talk, Turn, understood
from dialog.turns import again, got, repeat
from prompts.labels import Intent, Service

_BACK: frozenset[Intent] = frozenset({"oui", "reponse", "repeter", "incompris", "attendre", "salutation"})
"""What somebody says who comes back from looking for a pen."""
_SAYS_SOMETHING: frozenset[Intent] = frozenset(
    {"oui", "non", "repeter", "humain", "urgence", "sensible", "insulte", "langue"}
)
_UNSAID: frozenset[Service] = frozenset({"aucun", "mairie"})
_WHAT_FOR = re.compile(
    r"\b(?:pour (?!moi|me |m |parler|avoir|joindre|qu)|au sujet|a propos|concernant|rapport|parce que|suite a"
    r"|a cause|probleme|question|madame \w+|monsieur \w+)"
)
"""« Parler à quelqu'un au sujet d'une lettre »: more than that a person is wanted."""
_A_VALUE = 2
"""Letters or digits: the « un » of « un instant » is none."""


def aside(talk: Talk, said: Said, sure: bool) -> Result | None:
    """What comes of it; None where it is no aside. `sure`: understood above the town's threshold."""
    found = said.found
    limits = talk.town.thresholds
    if said.heard >= limits.confirm and (told := _beside(talk, found)) is not None:
        return told
    talk = talk.having(told_kept=False)
    if found.intent == "humain" and found.confidence >= limits.confirm and found.service != "autre_commune":
        return for_a_person(talk, found)
    valued = any(len(entity.value) >= _A_VALUE for entity in found.entities)
    if talk.state.waiting and not valued and (found.intent in _BACK or not sure):
        return repeat(talk.having(waiting=False), found.text)  # « voilà, j'ai un stylo »
    waits = found.intent == "attendre" and found.confidence >= limits.confirm
    if waits and not valued and collect.opens_a_pause(said.text):
        return pause(talk)
    if not sure:
        return None
    if valued:
        return None  # « attendez, non, plutôt jeudi » is a correction, not a pause
    if found.intent == "repeter":
        return repeat(talk, found.text)
    if found.intent == "attendre":
        return pause(talk)
    return None


def for_a_person(talk: Talk, found: Understanding) -> Person:
    """Somebody is asked for; what for is kept where it is said."""
    says = found.service not in _UNSAID or bool(_WHAT_FOR.search(plain(found.text)))
    about = about_of(talk, found) if says else talk.state.about
    return Person(replace(understood(talk.state), about=about), found.service)


def asks_to_wait(talk: Talk, said: Said) -> bool:
    """« Attendez, ça doit être sur l'enveloppe »: time is asked for, where no answer was found in it."""
    found, limits = said.found, talk.town.thresholds
    valued = any(len(entity.value) >= _A_VALUE for entity in found.entities)
    if said.heard < limits.confirm or (valued and not collect.is_looking(said.text)):
        return False
    nothing_else = found.confidence < limits.answer and found.intent not in _SAYS_SOMETHING
    return collect.opens_a_pause(said.text) and (nothing_else or found.intent in ("incompris", "reponse"))


def pause(talk: Talk) -> Turn:
    """« Prenez votre temps », and a long patience."""
    waiting, state = Say(talk.phrase(talk.town.sentences.take_your_time)), talk.having(waiting=True).state
    return Turn(state, (waiting, Listen(state.expects, LONG_PATIENCE_S, state.choices)))


def words_refused(talk: Talk) -> Turn:
    """The caller objects to their words being kept, by voice or by key: they are not."""
    words = talk.town.requests
    told = words.recording_refused if talk.state.recorded else words.words_not_kept
    talk = got(talk.having(words_refused=True, recorded=False))
    state, actions = again(talk, (talk.phrase(told),))
    return Turn(state, (Ask(KeepNoWords()), *actions))


def _beside(talk: Talk, found: Understanding) -> Turn | None:
    """What is heard by its very words, beside any request."""
    requests = talk.town.requests
    objects = talk.state.told_kept and keeping.objects(found)
    if "no_storage" in found.signals or objects or keeping.refuses_the_sound(talk, found.text):
        return words_refused(talk)
    if (kept := keeping.told(talk, found)) is not None:
        opening = talk.phrase(talk.town.sentences.open_question) if talk.state.stage == "open" else None
        return again(got(talk.having(told_kept=True)), kept, opening)
    if "source" in found.signals:
        return again(got(talk), (facts.origin(talk),))
    if "robot" in found.signals:
        return again(got(talk), (talk.phrase(requests.robot),), "")
    if "deaf" in found.signals:
        return again(got(talk), (talk.phrase(requests.text_channel),))
    if "slower" in found.signals:
        return repeat(talk.having(slowly=True, unheard=()))
    return None
