"""Clerks say how far files have come: people are told in writing, and hear the town's own words."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from callbacks import tickets
from callbacks.messages.of_documents import tell_documents
from callbacks.models import Message
from callbacks.outbox import Outgoing, enqueue
from tests.support.desk import Office, field_of, office, signed_in
from tests.support.letters import EMAIL, MOBILE, SMS, delivery_from, visit
from tests.support.post_office import PostOffice, post_office

FILE = {
    "numero": "DP 972 209 26 M0099", "service": "urbanisme", "nom": "Cadet", "telephone": "0696 20 30 40",
    "prevenir": "oui",
}  # fmt: skip


@pytest.fixture
def post() -> Iterator[PostOffice]:
    with post_office() as opened:
        yield opened


@pytest.fixture
async def place() -> AsyncIterator[Office]:
    async with office() as one:
        yield one


async def note(web: httpx.AsyncClient, **fields: str) -> httpx.Response:
    token = field_of((await web.get("/dossiers/fiche")).text)
    return await web.post("/dossiers", data={"jeton": token, **FILE, **fields})


async def refuse(web: httpx.AsyncClient, who: str, deed: str = "refuser") -> httpx.Response:
    token = field_of((await web.get("/messages")).text)
    return await web.post("/messages/refus", data={"jeton": token, "qui": who, "geste": deed})


async def test_missing_documents_are_told_in_writing_and_to_who_calls(
    place: Office, post: PostOffice
) -> None:
    async with signed_in(place, "elodie") as web:
        answer = await note(web, etat="Pièces manquantes", manque="plan de masse")
        assert "prévenue" in (await web.get(answer.headers["location"])).text
        assert (await note(web, etat="Pièces manquantes", manque="plan de masse")).status_code == 303
        assert "DP 972 209 26 M0099" in (await web.get("/dossiers?q=dp97220926")).text
    await delivery_from(place, post).once()
    (text,) = post.texts_to(SMS)
    assert "il manque à votre dossier DP 972 209 26 M0099 : plan de masse" in text
    assert "Cadet" not in text
    async with place.database.reading() as session:
        told = await tickets.find_file(session, "DP972209260099", "Cadet")
        assert told.file is not None
        assert (told.file.status, told.file.missing_document) == ("Pièces manquantes", "plan de masse")


async def test_a_status_is_told_in_the_words_that_callers_hear(place: Office, post: PostOffice) -> None:
    async with signed_in(place, "elodie") as web:
        await note(web, etat="Nouveau", prevenir="")
        await note(web, etat="Complet", courriel=EMAIL)
        await note(web, etat="Complet", courriel=EMAIL, libelle="bien reçu")
    await delivery_from(place, post).once()
    (text,) = post.texts_to(EMAIL)
    assert "il est complet, et il attend d'être étudié" in text
    assert post.texts_to(SMS) == []


async def test_news_that_is_no_longer_true_is_not_sent(place: Office, post: PostOffice) -> None:
    async with signed_in(place, "elodie") as web:
        await note(web, etat="Complet")
        place.now += timedelta(minutes=1)
        await note(web, etat="En traitement")
    await delivery_from(place, post).once()
    (text,) = post.texts_to(SMS)
    assert "en traitement" in text


async def test_who_refuses_messages_still_learns_what_is_missing_and_nothing_else(
    place: Office, post: PostOffice
) -> None:
    async with signed_in(place, "elodie") as web:
        assert (await refuse(web, "0696 20 30 40")).status_code == 303
        await note(web, etat="Complet")
        await note(web, etat="Pièces manquantes", manque="plan de masse")
        assert "ne veut pas de messages" in (await web.get("/dossiers/fiche?numero=DP972209260099")).text
        wish = await place.wants_callback(phone=MOBILE)
        assert "Ne veut pas de messages" in (await web.get(f"/rappels/{wish.ref}")).text
        await delivery_from(place, post).once()
        assert len(post.texts_to(SMS)) == 1
        assert "0696" in (await web.get("/messages")).text
        await refuse(web, MOBILE, "reprendre")
        assert "Ne veut pas" not in (await web.get(f"/rappels/{wish.ref}")).text


async def test_what_cannot_be_so_is_refused_and_what_was_typed_stays(place: Office) -> None:
    async with signed_in(place, "elodie") as web:
        for fields in (
            {"numero": ""},
            {"numero": "???"},
            {"service": "inconnu"},
            {"telephone": "12"},
            {"courriel": "ailleurs"},
            {"etat": "Pièces manquantes", "manque": ""},
        ):
            answer = await note(web, **{"etat": "Complet", **fields})
            assert (answer.status_code, "Cadet" in answer.text) == (422, True), fields
        assert (await note(web, etat="Accepté")).status_code == 422


async def test_supervisors_see_what_was_sent_against_the_cap_and_what_was_lost(
    place: Office, post: PostOffice
) -> None:
    async with place.database.transaction() as session:
        for n in range(3):
            await enqueue(session, Outgoing(f"m{n}", "email", f"n{n}@exemple.fr", "appel_manque"), place.now)
        await enqueue(session, Outgoing("m9", "email", "n9@exemple.fr", "inconnu"), place.now)
    await delivery_from(place, post).once()
    async with signed_in(place, "elodie", "supervisor") as web:
        page = (await web.get("/messages")).text
        assert "Courriels aujourd" in page
        assert '3 <span class="of">sur 500' in page
        assert "ne peut pas s&#39;écrire" in page
    async with signed_in(place, "marc") as clerk:
        assert "Non remis" not in (await clerk.get("/messages")).text


async def test_the_list_of_documents_follows_a_booking_with_its_source_and_date(
    place: Office, post: PostOffice
) -> None:
    kept = await visit(place, phone=None, email=EMAIL)
    await place.database.write(lambda session: tell_documents(session, kept, place.now))
    await place.database.write(lambda session: tell_documents(session, kept, place.now))
    await delivery_from(place, post).once()
    (text,) = [each for each in post.texts_to(EMAIL) if "pièces à apporter" in each]
    assert "une photo d'identité aux normes de moins de six mois" in text
    assert "Source : Passeport d'un majeur, première demande (fiche F14929), vérifié le 01/10/2025" in text
    async with signed_in(place, "elodie") as web:
        page = (await web.get("/pieces/passeport")).text
        assert "vérifié le mercredi 1er octobre 2025" in page
        assert (await web.get("/pieces/inconnu")).status_code == 404
        place.now += timedelta(days=3000)
        assert "pas de liste à jour" in (await web.get("/pieces/passeport")).text
    async with place.database.reading() as session:
        assert len(list(await session.scalars(select(Message)))) == 2
