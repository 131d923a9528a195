"""What an appointment is for: the subjects that the town gives appointments for, in words."""

from dialog.talk import Person, Talk, understood
from prompts.labels import Service


def topic(talk: Talk, subject: Service) -> str:
    """« pour un passeport », « avec un élu »."""
    words = talk.town.booking
    own = words.topics.get(subject)
    name = talk.town.comprehension.names.get(subject)
    return own or (words.topic.format(objet=name) if name else "")


def subjects(talk: Talk) -> tuple[Service, ...]:
    """Subjects with an agenda; where one bears the agenda's own name, it stands for all of that agenda."""
    services = talk.town.commune.services
    with_agenda = [(service, entry.agenda) for service, entry in services.items() if entry.agenda]
    general = {agenda for service, agenda in with_agenda if service == agenda}
    return tuple(service for service, agenda in with_agenda if service == agenda or agenda not in general)


def no_agenda(talk: Talk, subject: Service) -> Person:
    """Said so; a person may know how."""
    line = talk.phrase(talk.town.booking.no_agenda)
    return Person(understood(talk.having(task=None).state), subject, (line,))
