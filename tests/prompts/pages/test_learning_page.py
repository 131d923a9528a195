"""What callers asked in vain, in the admins' pages: grouped, answered with its effect, learned."""

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import httpx
import yaml

from prompts.load import BASE
from prompts.pages.learned_phrases import plain_line, with_phrases
from prompts.phrasebook import phrase_files, read_phrasebook
from tests.support.admin_office import AdminOffice, admin_office, admin_web, send
from tests.support.recorded_calls import Turn, record_calls

CALLS: Sequence[tuple[str, Sequence[Turn]]] = (
    ("a", ["vous prêtez un broyeur de végétaux", "non merci"]),
    ("b", ["le broyeur de végétaux on peut l'emprunter"]),
    ("c", ["je voudrais emprunter le broyeur"]),
    ("d", ["le trampoline de mon cousin est bleu"]),
    ("e", ["vous ouvrez à quelle heure demain", "au revoir"]),
)


async def with_calls(place: AdminOffice, folder: Path) -> None:
    assert place.live is not None
    yesterday = place.desk.now() - timedelta(days=1)
    database = await record_calls(f"sqlite:///{folder / 'mairie.db'}", place.live.town, yesterday, CALLS)
    await database.close()


async def group_about(web: httpx.AsyncClient, word: str) -> str:
    """The address of the group whose first sentence has this word."""
    page = (await web.get("/admin/apprendre")).text
    found = re.search(rf'href="(/admin/apprendre/[0-9a-f]{{12}})">« [^<]*{word}', page)
    assert found is not None, page
    return found[1]


async def test_what_was_asked_in_vain_is_grouped_and_an_answers_effect_is_told_first(tmp_path: Path) -> None:
    async with admin_office(tmp_path) as place, admin_web(place) as web:
        assert "toutes les demandes gardées ont eu une réponse" in (await web.get("/admin/apprendre")).text
        await with_calls(place, tmp_path)
        page = (await web.get("/admin/apprendre")).text
        assert "3 appels" in page
        assert "quelle heure demain" not in page
        group = await group_about(web, "broyeur")
        fields = {
            "nom": "le prêt du broyeur",
            "dites": "vous prêtez un broyeur de végétaux\nje voudrais emprunter le broyeur",
            "reponse": "Le broyeur se prête gratuitement, sur rendez-vous à l'accueil.",
            "source": "les services techniques",
            "jusquau": "2027-06-30",
        }
        shown = await send(web, group, f"{group}/reponse", quoi="effet", **fields)
        assert "<strong>75 %</strong> des appels sans réponse en auraient une (3 sur 4)" in shown.text
        assert place.store.draft() is None  # nothing is changed by looking
        bad = await send(web, group, f"{group}/reponse", quoi="ajouter", **{**fields, "reponse": " "})
        assert bad.status_code == 422
        assert "les services techniques" in bad.text  # what was typed stays
        await send(web, group, f"{group}/reponse", quoi="ajouter", **fields)
        draft = place.store.draft()
        assert draft is not None
        (question,) = draft.source("faq.yaml").value["questions"].values()
        assert question["reponse"] == fields["reponse"]


async def test_sentences_become_phrases_of_the_town_and_are_learned_in_the_background(
    tmp_path: Path,
) -> None:
    async with admin_office(tmp_path) as place, admin_web(place) as web:
        await with_calls(place, tmp_path)
        group = await group_about(web, "broyeur")
        chosen = {"p-vous prêtez un broyeur de végétaux": "1", "p-je voudrais emprunter le broyeur": "1"}
        answer = await send(
            web, group, f"{group}/phrases", demande="demarche_info", service="espaces_verts", **chosen
        )
        assert answer.headers["location"] == "/admin/apprendre"
        draft = place.store.draft()
        assert draft is not None
        book = read_phrasebook((*phrase_files([BASE]), *phrase_files([draft.content])))
        assert book.topics[-1].service == "espaces_verts"
        assert set(book.topics[-1].phrases["demarche_info"]) == {name[2:] for name in chosen}
        assert place.admin is not None
        assert place.admin.learning is not None
        training = place.admin.learning.training()
        assert training is not None
        assert training.running
        assert "Apprentissage" in (await web.get("/admin/apprendre")).text


def test_whatever_a_caller_said_stays_one_line_of_text() -> None:
    line = plain_line('c\'est {quoi} (le|la)\n  : "truc" # là')
    text = with_phrases({}, "horaires", "dechets", [line, "la benne"])
    again = with_phrases(yaml.safe_load(text), "horaires", "dechets", ["la benne", "le camion"])
    (topic,) = yaml.safe_load(again)["sujets"]
    assert topic["phrases"]["horaires"].splitlines() == [line, "la benne", "le camion"]
    assert not set(line) & set("{}()|\n")
