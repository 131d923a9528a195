"""What a voice agent must not handle alone: grief, distress, insults, other languages, decisions."""

from dataclasses import replace

from dialog.flows.bodies import body_told
from dialog.flows.callback import CallbackTask
from dialog.flows.collect import phone_in
from dialog.flows.topics import about_of
from dialog.meaning import Understanding
from dialog.talk import Done, Person, Result, Talk, understood


def sensitive(talk: Talk, found: Understanding) -> Result:
    """The right number where there is one, then a human at once."""
    subjects = talk.town.requests.sensitive
    subject = subjects.get(found.sensitive or "", subjects["autre"])
    state = replace(understood(talk.state), about=about_of(talk, found))
    return Person(state, found.service, (talk.phrase(subject),), "sensitive")


def language(talk: Talk, found: Understanding) -> Result:
    """One sentence in the caller's language, then a person; the language is noted for a call-back."""
    sentences = talk.town.requests.languages
    spoken = found.language or "other"
    line = sentences.get(spoken, sentences["other"])
    state = replace(understood(talk.state), language=spoken)
    return Person(state, "aucun", (talk.phrase(line),), "language")


def insult(talk: Talk, _found: Understanding) -> Result:
    """Neutral; one offer of a person, and the person the next time."""
    talk = talk.having(insults=talk.state.insults + 1)
    words = talk.town.requests
    if talk.state.insults == 1:
        return Done(understood(talk.state), (talk.phrase(words.insult),))
    return Person(talk.state, "aucun")


def decision(talk: Talk, found: Understanding) -> Result:
    """Only the administration decides: nothing is said of what it might."""
    line = talk.phrase(talk.town.sentences.only_the_town_decides)
    return Person(replace(understood(talk.state), about=about_of(talk, found)), found.service, (line,))


def complaint(talk: Talk, found: Understanding) -> Result:
    """A complaint is for people, and the caller is told that it is taken seriously."""
    line = talk.phrase(talk.town.requests.complaint)
    return Person(replace(understood(talk.state), about=about_of(talk, found)), found.service, (line,))


def advice(talk: Talk, found: Understanding) -> Result:
    """Legal advice is not ours to give."""
    state = talk.having(refused=talk.state.refused + 1).state
    line = body_told(talk, found) or talk.phrase(talk.town.requests.no_advice)
    return Done(understood(state), (line,))


def call_me_back(talk: Talk, found: Understanding) -> Result:
    """« Pouvez-vous me rappeler ? », with the number and the moment where they were said."""
    talk = replace(talk, state=understood(talk.state))
    entry = talk.town.entry(found.service)
    task = CallbackTask(
        entry.extension, "requested", phone=phone_in(found) or talk.state.phone, about=about_of(talk, found)
    )
    return task.preferring(talk, found).ask(talk)
