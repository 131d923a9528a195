"""A town that records its calls says so first, tells the truth when asked, and takes no for an answer."""

from dataclasses import replace
from datetime import datetime

import pytest

from dialog.actions import Action, Ask, Listen, Say
from dialog.awaited import awaited_sentences
from dialog.ears import Crowd, Ears
from dialog.events import CallStarted, Event, Heard, Keys
from dialog.flows import sound_refused
from dialog.manager import State, step
from dialog.office import KeepNoWords
from dialog.personal import is_personal, tells_whom
from prompts.announcements import Announcement
from prompts.call_recording import CallRecording
from prompts.content import Town
from prompts.labels import Expects
from prompts.load import load_town
from standardiste.fixed_sentences import fixed_sentences

SILENT = load_town()
NOON = datetime(2026, 11, 24, 10, tzinfo=SILENT.tz)
NIGHT = datetime(2026, 11, 24, 22, tzinfo=SILENT.tz)
TOLD = "Appel enregistré, pour former les agents, effacé après 30 jours. Refusez en tapant 9."
FIRE = "il y a le feu dans la maison"


def recording(town: Town, **more: object) -> Town:
    on = CallRecording.model_validate(
        {
            "actif": True,
            "finalite": "former les agents",
            "annonce": "Appel enregistré, pour {finalite}, effacé après {jours}. Refusez en tapant 9.",
        }
    )
    return replace(town, commune=town.commune.model_copy(update={"recording": on}), **more)  # type: ignore[arg-type]


TOWN = recording(SILENT)


def play(
    *events: Event, town: Town = TOWN, crowd: Crowd = "none", now: datetime = NOON
) -> tuple[State, tuple[Action, ...]]:
    state, actions = step(town, State(), CallStarted("+33639981234", Ears(crowd=crowd)), now)
    for event in events:
        state, actions = step(town, state, event, now)
    return state, actions


def texts(actions: tuple[Action, ...]) -> list[str]:
    return [action.text for action in actions if isinstance(action, Say)]


def refuses(actions: tuple[Action, ...]) -> bool:
    """Whether it is done before it is told."""
    done = bool(actions) and actions[0] == Ask(KeepNoWords())
    assert done == (TOWN.requests.recording_refused in texts(actions))
    return done


def test_it_is_told_right_after_who_speaks_and_is_never_cut_short() -> None:
    cyclone = Announcement("a", "Alerte cyclonique.", NOON.replace(hour=9), NOON.replace(hour=11), "Léa")
    state, actions = play(town=recording(SILENT, announcements=(cyclone,)))
    assert state.recorded
    assert texts(actions)[0] == "Alerte cyclonique."
    assert "pas une personne" in texts(actions)[1]
    told = actions[2]
    assert told == Say(TOLD, interruptible=False, announces_recording=True)
    assert [action for action in actions if isinstance(action, Say) and action.announces_recording] == [told]


def test_a_town_that_records_nothing_announces_nothing() -> None:
    state, actions = play(town=SILENT)
    assert not state.recorded
    assert not any(isinstance(action, Say) and action.announces_recording for action in actions)


@pytest.mark.parametrize("crowd", ["keys", "call_back"])
def test_where_too_many_call_nobody_is_recorded(crowd: Crowd) -> None:
    state, actions = play(crowd=crowd)
    assert not state.recorded
    assert TOLD not in texts(actions)


def test_an_emergency_comes_before_everything() -> None:
    _, actions = play(Heard(FIRE))
    assert "18" in texts(actions)[0]


REFUSALS = (
    "je refuse l'enregistrement", "ne m'enregistrez pas", "sans enregistrement s'il vous plaît",
    "non je refuse", "je refuse", "ah non je ne suis pas d'accord", "ne gardez pas mes paroles",
    "je refuse que vous enregistriez", "arrêtez l'enregistrement", "non merci", "neuf",
    "euh je refuse monsieur", "je ne souhaite pas être enregistrée", "pas d'enregistrement s'il vous plaît",
    "désactivez l'enregistrement", "je m'oppose à ce que l'appel soit enregistré",
    "je n'ai pas envie d'être enregistrée", "arrêtez de m'enregistrer",
    "je n'accepte pas d'être enregistré", "l'enregistrement non merci",
)  # fmt: skip
ANYTIME = (
    "je ne veux pas être enregistré de toute façon", "pas d'enregistrement du tout",
    "coupez l'enregistrement de l'appel",
    "non merci pas d'enregistrement", "je préfère ne pas être enregistré",
    "ça me dérange d'être enregistré", "j'aimerais mieux que vous n'enregistriez pas",
    "je veux que ce soit pas enregistré", "ah ben non je suis contre l'enregistrement",
    "je veux pas qu'on m'enregistre", "sans m'enregistrer",
    "il est hors de question que vous m'enregistriez", "vous avez pas le droit de m'enregistrer",
    "non je ne suis pas d'accord pour l'enregistrement", "je refuse catégoriquement d'être enregistrée",
    "je n'autorise pas l'enregistrement", "effacez l'enregistrement",
    "je voudrais refuser l'enregistrement", "je veux bien parler mais sans enregistrement",
    "stop à l'enregistrement", "l'enregistrement j'en veux pas",
    "j'ai pas donné mon accord pour être enregistré", "je ne veux pas d'enregistrement de cet appel",
    "vous pouvez couper l'enregistrement", "je vous interdis de m'enregistrer",
    "je refuse cet enregistrement", "je refuse l'enregistrement et je voudrais un passeport",
    "vous n'enregistrez pas s'il vous plaît",
)  # fmt: skip
SOMETHING_ELSE = (
    "je n'ai pas d'enregistrement de naissance", "je suis contre l'enregistrement des chats errants",
    "j'ai pas reçu l'enregistrement de mon PACS", "je n'arrive pas à m'enregistrer sur le site",
    "mon dossier n'est pas enregistré", "je ne veux pas être enregistré sur les listes électorales",
    "vous ne m'avez pas enregistré sur les listes",
    "je voudrais supprimer l'enregistrement de mon association",
    "on m'a refusé l'enregistrement de mon dossier de passeport", "vous refusez d'enregistrer ma demande",
    "l'état civil refuse l'enregistrement de la naissance de mon fils",
    "vous n'avez pas enregistré ma demande", "la mairie refuse d'enregistrer mon PACS",
    "je veux pas refaire l'enregistrement de mon PACS", "je n'ai pas besoin d'enregistrer mon chien",
    "je refuse de payer", "pas d'accord pour la facture", "je m'oppose au projet de mon voisin",
    "non c'est pour un passeport", "je refuse cette date",
)  # fmt: skip


def test_recording_is_refused_in_many_words_at_any_time_and_nothing_else_is() -> None:
    assert [said for said in ANYTIME if not sound_refused.refuses(said)] == []
    for said in SOMETHING_ELSE:
        assert not sound_refused.refuses(said), said
        assert not sound_refused.refuses_what_was_told(said, at_once=True), said
    assert sound_refused.only_refuses("ah non je n'ai pas envie d'être enregistrée")
    assert not sound_refused.only_refuses("je refuse l'enregistrement et je n'ai plus envie de vivre")


@pytest.mark.parametrize("refusal", [*map(Heard, REFUSALS), Keys("9"), Keys("91")], ids=str)
def test_who_refuses_at_the_greeting_is_obeyed_before_it_is_confirmed(refusal: Event) -> None:
    state, actions = play(refusal)
    assert refuses(actions)
    assert (state.recorded, state.words_refused, state.stage) == (False, True, "open")
    assert isinstance(actions[-1], Listen)


@pytest.mark.parametrize(
    "said",
    [
        "je refuse de payer ma cantine",
        "je ne veux pas perdre mon rendez-vous",
        "je veux pas attendre",
        "on m'a refusé l'enregistrement de mon dossier de passeport",
        "vous refusez d'enregistrer ma demande",
    ],
)
def test_who_refuses_something_else_has_refused_nothing(said: str) -> None:
    state, actions = play(Heard(said))
    assert not refuses(actions)
    assert state.recorded


BY_KEY, ALOUD = Keys("9"), Heard("je refuse l'enregistrement")


@pytest.mark.parametrize(
    ("before", "now", "refusal"),
    [
        ((Keys("1"),), NOON, BY_KEY),
        ((Keys("1"),), NOON, Keys("99")),
        ((Keys("1"),), NOON, ALOUD),
        ((Keys("22"),), NOON, ALOUD),
        ((Keys("0"),), NIGHT, BY_KEY),
        ((Keys("0"),), NIGHT, ALOUD),
        ((Keys("3"),), NOON, BY_KEY),
        ((Keys("3"),), NOON, ALOUD),
    ],
)
def test_who_refuses_later_is_obeyed_and_what_was_asked_still_stands(
    before: tuple[Event, ...], now: datetime, refusal: Event
) -> None:
    asked, _ = play(*before, now=now)
    state, actions = play(*before, refusal, now=now)
    assert refuses(actions)
    assert (state.task, state.expects, state.question) == (asked.task, asked.expects, asked.question)


@pytest.mark.parametrize("refusal", [BY_KEY, ALOUD], ids=str)
def test_who_refuses_while_the_call_is_handed_over_is_obeyed_too(refusal: Event) -> None:
    state, actions = play(Keys("0"), refusal)
    assert state.stage == "transfer"
    assert actions == (Ask(KeepNoWords()),)
    assert (state.recorded, state.words_refused) == (False, True)


def test_a_nine_that_answers_what_was_asked_is_the_answer() -> None:
    state, actions = play(Keys("22"), Keys("9"))
    assert state.recorded, "nine years old"
    assert not refuses(actions)
    assert state.question != play(Keys("22"))[0].question


def test_a_no_to_a_question_refuses_no_recording() -> None:
    asked, _ = play(Heard("un renseignement sur une carte d'identité"))
    state, actions = play(Heard("un renseignement sur une carte d'identité"), Heard("non"))
    assert asked.recorded
    assert state.recorded
    assert not refuses(actions)


def test_nine_in_the_middle_of_something_is_no_key_where_nothing_is_recorded() -> None:
    _, actions = play(Keys("0"), Keys("9"), town=SILENT, now=NIGHT)
    assert Ask(KeepNoWords()) not in actions


def test_whether_it_is_recorded_is_told_as_it_is() -> None:
    asks, refused = Heard("est-ce que vous enregistrez l'appel"), Keys("9")
    kept = "est enregistré, pour former les agents, puis effacé au bout de 30 jours. Ce que vous dites"
    written = "n'est pas enregistré. Ce que vous dites est gardé par écrit 30 jours"
    nothing = "n'est pas enregistré, et vos paroles ne sont pas conservées."
    for events, town, true in (
        ((asks,), TOWN, kept),
        ((asks,), SILENT, written),
        ((refused, asks), TOWN, nothing),
        ((refused, asks), SILENT, nothing),
    ):
        _, actions = play(*events, town=town)
        assert f"Le son de cet appel {true}" in " ".join(texts(actions))
    _, crowded = play(asks, crowd="keys")
    assert "n'est pas enregistré" in " ".join(texts(crowded))
    assert refuses(play(asks, Heard("non je refuse"))[1])


@pytest.mark.parametrize(
    ("text", "personal"),
    [
        ("Est-ce bien au 06 12 34 56 78 ?", True),
        ("C'est noté, au nom de Cadet.", True),
        ("Votre référence est R7310. Gardez-la : elle sert à déplacer ou à annuler le rendez-vous.", True),
        ("C'est enregistré sous le numéro S2001. Merci de l'avoir signalé.", True),
        ("Un passeport, demain. Au nom de Cadet, au 0696 20 30 40. C'est bien ça ?", True),
        ("Un trou, rue du Port. Le service pourra vous joindre au 0696 20 30 40. Est-ce bien cela ?", True),
        ("La mairie vous accueille mardi 24 novembre 2026, de 7 h 30 à 13 h et de 14 h à 16 h 30.", False),
        ("À quel nom ?", False),
    ],
)  # fmt: skip
def test_sentences_that_say_who_somebody_is_are_known(text: str, personal: bool) -> None:
    assert tells_whom(TOWN, text) is personal
    assert is_personal(TOWN, None, (Say(text),)) is personal


@pytest.mark.parametrize("expects", ["phone", "name", "birth_date", "email", "dossier", "reference"])
def test_what_answers_a_question_for_a_name_or_a_number_is_personal(expects: Expects) -> None:
    assert is_personal(TOWN, expects, ())
    for question in (TOWN.requests.report_contact, TOWN.booking.what_to_change):  # « oui, au 06… »
        assert is_personal(TOWN, "yes_no", (Say(question),))
    assert not is_personal(TOWN, "place", ())


def test_the_announcement_is_spoken_ahead_and_refusals_are_listened_for_where_calls_are_recorded() -> None:
    assert TOLD in fixed_sentences(TOWN)[:3]
    assert "je refuse l'enregistrement" in awaited_sentences(TOWN)
    assert "je refuse l'enregistrement" not in awaited_sentences(SILENT)
