"""The turns that the dialogue can take: each gives the next state and what is done, in order."""

from dataclasses import replace
from datetime import datetime

from dialog import documents, town_hours, wording
from dialog.actions import Action, EndCall, Listen, Say, Source, Transfer
from dialog.documents import Topic
from dialog.meaning import Understanding
from dialog.state import Stage, State
from prompts.content import Procedure, Town
from prompts.labels import Expects, Service

Turn = tuple[State, tuple[Action, ...]]

PATIENCE_S = 8.0
"""Elderly speakers take their time (domain notes: 8 to 10 s)."""
LONG_PATIENCE_S = 20.0
"""« Un instant, je prends un stylo. »"""


def speak(
    state: State,
    lines: tuple[str, ...],
    question: str,
    *,
    stage: Stage,
    expects: Expects | None = None,
    choices: tuple[str, ...] = (),
    patience_s: float = PATIENCE_S,
    source: Source | None = None,
) -> Turn:
    """Say these lines, ask, and listen."""
    said: tuple[Action, ...] = tuple(Say(line, source=source) for line in lines)
    asked: tuple[Action, ...] = (Say(question),) if question else ()
    after = replace(
        state,
        stage=stage,
        expects=expects,
        choices=choices,
        said=lines or state.said,
        question=question or state.question,
    )
    return after, (*said, *asked, Listen(expects, patience_s, choices))


def again(state: State, lines: tuple[str, ...], question: str | None = None) -> Turn:
    """Stay where we are: say these lines, then the question that still stands."""
    asked = state.question if question is None else question
    actions: list[Action] = [Say(line) for line in (*lines, asked) if line]
    return state, (*actions, Listen(state.expects, PATIENCE_S, state.choices))


def understood(state: State) -> State:
    """The counters after something was understood."""
    return replace(state, misses=0, silences=0, pending=None)


def ask_more(town: Town, state: State, lines: tuple[str, ...]) -> Turn:
    return speak(state, lines, phrase(town, town.sentences.anything_else), stage="more")


def ask_openly(town: Town, state: State, lines: tuple[str, ...] = ()) -> Turn:
    return speak(state, lines, phrase(town, town.sentences.open_question), stage="open")


def phrase(town: Town, template: str, **values: str) -> str:
    """A sentence of the town with its variables."""
    return wording.sentence(template.format(commune=town.name, **values))


def greet(town: Town, state: State) -> Turn:
    words = town.sentences
    disclosure = Say(phrase(town, words.disclosure), interruptible=False)
    after, actions = speak(state, (), phrase(town, words.invitation), stage="open")
    return after, (disclosure, *actions)


def tell_hours(town: Town, state: State, found: Understanding, now: datetime) -> Turn:
    """Opening hours on the days asked for, or now and usually."""
    service: Service = found.service
    if service == "aucun":
        service = state.hours_of or "mairie"
    today = now.astimezone(town.tz).date()
    days = [entity.day for entity in found.entities if entity.day is not None and entity.day >= today]
    lines: tuple[str, ...] = ()
    for day in days[:3]:
        lines += town_hours.tell_day(town, service, day, now)
    told = replace(understood(state), hours_of=service, source=None, answers=state.answers + 1)
    return ask_more(town, told, lines or town_hours.tell_now(town, service, now))


def tell_contact(town: Town, state: State) -> Turn:
    contact = town.commune.contact
    line = phrase(
        town,
        town.sentences.contact,
        adresse=contact.address,
        telephone=wording.spoken_phone(contact.phone),
        courriel=contact.email,
    )
    return ask_more(town, replace(understood(state), answers=state.answers + 1), (line,))


def ask_documents(town: Town, state: State, topic: Topic, now: datetime) -> Turn:
    """The next question about the paper, or the list once it is determined."""
    state = replace(understood(state), topic=topic, hours_of=None)
    if topic.missing:
        question = documents.question(town, topic)
        words = documents.answers(town, topic)
        return speak(state, (), question, stage="documents", expects="choice", choices=words)
    asked = documents.procedure(town, topic)
    if asked is None:
        return offer_person(town, state, "titre_identite", (phrase(town, town.sentences.documents_unknown),))
    lines = documents.tell(town, asked, now.astimezone(town.tz).date())
    if not lines:
        return offer_person(town, state, "titre_identite", (phrase(town, town.sentences.fact_expired),))
    source = source_of(asked)
    question = phrase(town, town.sentences.anything_else)
    state = replace(state, source=source, answers=state.answers + 1)
    return speak(state, lines, question, stage="more", source=source)


def source_of(asked: Procedure) -> Source:
    return Source(asked.source.title, asked.source.checked, asked.source.url)


def tell_source(town: Town, state: State) -> Turn:
    """Where the last fact comes from, and when it was checked."""
    words = town.sentences
    if state.source is not None:
        site = (state.source.url or "").split("/")[2].removeprefix("www.") if state.source.url else ""
        date = wording.dated(state.source.checked)
        line = phrase(town, words.source, titre=state.source.title, site=site, date=date)
    else:
        line = phrase(town, words.source_town if state.hours_of else words.no_source)
    return again(understood(state), (line,))


def offer_person(town: Town, state: State, service: Service, lines: tuple[str, ...]) -> Turn:
    """Say what we cannot do and offer somebody who can."""
    state = replace(understood(state), extension=town.entry(service).extension)
    question = phrase(town, town.sentences.offer_person)
    return speak(state, lines, question, stage="offer_person", expects="yes_no")


def to_person(town: Town, state: State, extension: str, now: datetime, lines: tuple[str, ...] = ()) -> Turn:
    """Ring these people, or say honestly that they are closed and when they open."""
    words, entry = town.sentences, town.commune.extensions[extension]
    state = replace(state, extension=extension)
    if town_hours.extension_open(town, extension, now):
        ringing = phrase(town, words.transferring, service=entry.name)
        said: tuple[Action, ...] = tuple(Say(line) for line in (*lines, ringing))
        return replace(state, stage="transfer", expects=None, said=(ringing,)), (*said, Transfer(extension))
    opening = town_hours.next_opening(town, town.commune.places[entry.place], now)
    closed = (*lines, phrase(town, words.transfer_closed, service=entry.name), opening)
    if extension != "accueil" and town_hours.extension_open(town, "accueil", now):
        return offer_person(town, state, "aucun", closed)
    return no_person(town, state, closed)


def no_person(town: Town, state: State, lines: tuple[str, ...]) -> Turn:
    """Nobody can be had: how to reach the town otherwise; whoever did not get on with us is let go."""
    contact = town.commune.contact
    reach = phrase(
        town,
        town.sentences.reach_us,
        telephone=wording.spoken_phone(contact.phone),
        courriel=contact.email,
    )
    stuck = state.misses > 0 or state.silences > 0
    if stuck and (state.handovers or state.silences):
        return end(town, state, (*lines, reach))
    return ask_more(town, replace(understood(state), handovers=state.handovers + stuck), (*lines, reach))


def end(town: Town, state: State, lines: tuple[str, ...] = ()) -> Turn:
    said = tuple(Say(line) for line in (*lines, phrase(town, town.sentences.goodbye)))
    return replace(state, stage="ended", expects=None), (*said, EndCall())


def emergency(town: Town, state: State, danger: str) -> Turn:
    """The number first, once more, and no more: every second counts.

    Ears that cannot be trusted may have heard a danger where there is none: the line then stays open.
    """
    order = phrase(town, town.comprehension.dangers[danger].sentence)
    if state.ears.open != "free":
        after, asked = ask_more(town, replace(understood(state), emergency=True), ())
        return after, (Say(order, interruptible=False), Say(order), *asked)
    ended = replace(state, stage="ended", expects=None, emergency=True)
    return ended, (Say(order, interruptible=False), Say(order), EndCall())
