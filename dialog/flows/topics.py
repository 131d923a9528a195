"""What was asked, in words that can be read back: « les horaires de la mairie, le mercredi 25 novembre »."""

from dialog import town_hours, wording
from dialog.flows.booking_topics import topic
from dialog.meaning import About, Understanding
from dialog.talk import Talk


def about_of(talk: Talk, found: Understanding) -> About:
    """What is wanted, for whoever calls back."""
    return About(found.text, subject_of(talk, found))


def subject_of(talk: Talk, found: Understanding) -> str:
    """The request as the caller may confirm it: « Vous voulez …, c'est bien ça ? »"""
    said = _subject(talk, found)
    return said if said[1:2].isupper() else said[:1].lower() + said[1:]


def _subject(talk: Talk, found: Understanding) -> str:
    words, booking = talk.town.sentences, talk.town.booking
    if found.faq is not None:
        return talk.phrase(words.topic_question, question=talk.town.faq.questions[found.faq].name)
    name = talk.town.comprehension.names.get(found.service)
    match found.intent:
        case "multi":
            first, second = found.parts
            return talk.phrase(
                words.topic_both, premier=subject_of(talk, first), second=subject_of(talk, second)
            )
        case "horaires":
            return _hours(talk, found)
        case "adresse_contact":
            entry = talk.town.entry(found.service)
            if entry.place == "mairie":
                return talk.phrase(words.topic_contact)
            place = wording.of(talk.town.commune.places[entry.place].name)
            return talk.phrase(words.topic_contact_of, de_service=place)
        case "rdv_prendre":
            return talk.phrase(booking.wish_book, objet=topic(talk, found.service)).strip()
        case "rdv_deplacer":
            return talk.phrase(booking.wish_move)
        case "rdv_annuler":
            return talk.phrase(booking.wish_cancel)
        case "rdv_consulter":
            return talk.phrase(booking.wish_recall)
        case "suivi_dossier":
            return talk.phrase(words.topic_file)
        case "reclamation":
            return talk.phrase(words.topic_complaint)
        case "signalement":
            return (
                talk.phrase(words.topic_report, service=name) if name else talk.phrase(words.topic_a_report)
            )
    if found.intent == "pieces":
        name = name or talk.town.comprehension.names["titre_identite"]
        return talk.phrase(words.topic_documents, service=name)
    if name is None:
        return talk.phrase(words.topic_other)
    return talk.phrase(
        words.topic_cost if found.intent == "cout_delai" else words.topic_procedure, service=name
    )


def _hours(talk: Talk, found: Understanding) -> str:
    words = talk.town.sentences
    name = wording.of(town_hours.place_of(talk.town, found.service).name)
    day = next((entity.day for entity in found.entities if entity.day is not None), None)
    if day is None:
        return talk.phrase(words.topic_hours, de_service=name)
    return talk.phrase(words.topic_hours_on, de_service=name, jour=wording.relative_day(day, talk.today))
