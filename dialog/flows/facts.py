"""Facts told at once: opening hours, where the town hall is, where a fact comes from."""

from dialog import town_hours, wording
from dialog.actions import Source
from dialog.meaning import Understanding
from dialog.talk import Done, Talk, understood
from prompts.content import Extension, Place
from prompts.labels import Service

_MAX_DAYS = 3
"""Days told in one answer: nobody keeps more in mind."""


def hours(talk: Talk, found: Understanding) -> Done:
    """Opening hours on the days asked for, or now and usually."""
    service: Service = found.service
    if service == "aucun":
        service = talk.state.hours_of or "mairie"
    days = [entity.day for entity in found.entities if entity.day is not None and entity.day >= talk.today]
    lines: tuple[str, ...] = ()
    for day in days[:_MAX_DAYS]:
        lines += town_hours.tell_day(talk.town, service, day, talk.now)
    lines = lines or town_hours.tell_now(talk.town, service, talk.now)
    after = talk.having(
        hours_of=service, told_of=("horaires", service), source=None, told=talk.state.told + 1
    )
    return Done(understood(after.state), lines)


def contact(talk: Talk, found: Understanding) -> Done:
    """Address, telephone and e-mail of the town hall; what lies elsewhere is not made up."""
    where = talk.town.commune.contact
    entry = talk.town.entry(found.service)
    place, people = talk.town.commune.places[entry.place], talk.town.commune.extensions[entry.extension]
    apart = entry.place != "mairie"
    own = _own(talk, place.name if apart else people.name, place if apart else None, people)
    if own:
        after = talk.having(told=talk.state.told + 1, told_of=("adresse_contact", found.service), source=None)
        return Done(understood(after.state), own)
    if apart:
        name = place.name
        unknown = talk.phrase(
            talk.town.requests.no_address, service=name, telephone=wording.spoken_phone(where.phone)
        )
        return Done(understood(talk.having(source=None).state), (unknown,))
    line = talk.phrase(
        talk.town.sentences.contact,
        adresse=where.address,
        telephone=wording.spoken_phone(where.phone),
        courriel=where.email,
    )
    told_of = ("adresse_contact", found.service)
    after = talk.having(told=talk.state.told + 1, told_of=told_of, source=None)
    return Done(understood(after.state), (line,))


def _own(talk: Talk, name: str, place: Place | None, people: Extension) -> tuple[str, ...]:
    """The address and number of its own that the town has written for a service; nothing where none is."""
    words, de_service = talk.town.requests, wording.of(name)
    phone = (place.phone if place is not None else None) or people.phone
    lines: list[str] = []
    if place is not None and place.address is not None:
        lines.append(talk.phrase(words.own_address, de_service=de_service, adresse=place.address))
    if phone is not None:
        spoken = wording.spoken_phone(phone)
        lines.append(talk.phrase(words.own_phone, de_service=de_service, telephone=spoken))
    return tuple(lines)


def origin(talk: Talk) -> str:
    """Where the last told fact comes from, and when it was checked."""
    words, source = talk.town.sentences, talk.state.source
    if source is None:
        return talk.phrase(words.source_town if talk.state.told else words.no_source)
    if not source.url:
        return talk.phrase(words.source_titled, titre=source.title, date=wording.dated(source.checked))
    return talk.phrase(
        words.source, titre=source.title, site=_site(source), date=wording.dated(source.checked)
    )


def _site(source: Source) -> str:
    return source.url.split("/")[2].removeprefix("www.") if source.url else ""
