"""Facts told at once: opening hours, where the town hall is, where a fact comes from."""

import re
from datetime import date, timedelta

from dialog import town_hours, wording
from dialog.actions import Source
from dialog.matching import plain, sound
from dialog.meaning import Understanding
from dialog.talk import Done, Person, Talk, understood
from prompts.content import Extension, Place
from prompts.labels import Service

_PLACES = re.compile(
    r"\b(?:piscines?|dechett?er(?:ie|y)s?|mediatheque|bibliotheque|ludotheque|cimetieres?|creches?|ecoles?"
    r"|colleges?|lycees?|stades?|gymnases?|musees?|cinemas?|theatre|garderie|patinoire|conservatoire|plages?"
    r"|tennis|skate ?park|camping|poste|pharmacie)\b"
)
"""Places that keep hours of their own, beside the town hall."""
_SHIFTS = (("surlendemain", 2), ("lendemain|jour (?:d )?(?:apres|suivant)", 1), ("veille|jour d avant", -1))
_MAX_DAYS = 3
"""Days told in one answer: nobody keeps more in mind."""


def hours(talk: Talk, found: Understanding) -> Done | Person:
    """Opening hours on the days asked for, or now and usually; a person where the place has none written."""
    service: Service = found.service
    if service == "aucun":
        service = talk.state.hours_of or "mairie"
    if (place := _place_named(found.text)) is not None and not _is_told(talk, service, place):
        # The hours of the town hall, or of the library, are not those of the swimming pool.
        return Person(understood(talk.state), service, (talk.phrase(talk.town.sentences.not_served),))
    days = [entity.day for entity in found.entities if entity.day is not None and entity.day >= talk.today]
    days = days or day_after(talk, found.text)
    lines: tuple[str, ...] = ()
    for day in days[:_MAX_DAYS]:
        lines += town_hours.tell_day(talk.town, service, day, talk.now)
    lines = lines or town_hours.tell_now(talk.town, service, talk.now)
    after = talk.having(
        hours_of=service, hours_day=days[-1] if days else talk.today, told_of=("horaires", service),
        source=None, told=talk.state.told + 1,
    )  # fmt: skip
    return Done(understood(after.state), lines)


def day_after(talk: Talk, text: str) -> list[date]:
    """« Et le lendemain ? », after the hours of a day."""
    before, said = talk.state.hours_day, plain(text)
    if before is None:
        return []
    shift = next((days for words, days in _SHIFTS if re.search(rf"\b(?:{words})\b", said)), 0)
    return [before + timedelta(days=shift)] if shift and before + timedelta(days=shift) >= talk.today else []


def _place_named(text: str) -> str | None:
    found = _PLACES.search(plain(text))
    return found[0] if found is not None else None


def _is_told(talk: Talk, service: Service, place: str) -> bool:
    """Whether this word names the place whose hours the town has written for the service."""
    entry = talk.town.entry(service)
    if entry.place == "mairie":
        return False
    nicknames = talk.town.comprehension.nicknames.get(service, ())
    names = (talk.town.commune.places[entry.place].name, *nicknames)
    return any(sound(place) == sound(word) for name in names for word in plain(name).split())


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
