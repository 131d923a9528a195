"""Recording a sentence from its page: what is sent, what is refused in which words, what calls then say."""

import io
import wave
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import numpy as np
import pytest

from prompts.pages.recordable import part_of
from prompts.versions_announcements import announce
from speech.audio import Samples
from speech.recorded import wav
from standardiste.town_voice import diction_of
from tests.support.admin_office import AdminOffice, admin_office, admin_web, send
from tests.support.desk import field_of
from tests.support.recordings import a_voice, encoded, in_a_room

AGAIN = "/admin/enregistrements/phrases-autre_chose"
SENTENCE = "Autre chose ?"


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[AdminOffice]:
    async with admin_office(tmp_path) as one:
        yield one


@pytest.fixture(scope="module")
def read_out() -> bytes:
    return encoded(in_a_room(a_voice(SENTENCE)), "mp3")


async def sent(web: httpx.AsyncClient, page: str, data: bytes, name: str = "menu.mp3") -> httpx.Response:
    shown = (await web.get(page)).text
    hidden = {name: field_of(shown, name) for name in ("jeton", "vu")}
    return await web.post(page, data=hidden, files={"son": (name, data)})


def samples_in(data: bytes) -> Samples:
    with wave.open(io.BytesIO(data)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int16)


def recorded(place: AdminOffice) -> Samples | None:
    """What the next call would play for the sentence."""
    assert place.live is not None
    found = diction_of(place.live.town).recording_of(SENTENCE)
    return None if found is None else found.samples


async def test_what_is_sent_is_heard_published_and_stands_only_for_its_words(
    place: AdminOffice, read_out: bytes
) -> None:
    async with admin_web(place) as web:
        answer = await sent(web, AGAIN, read_out)
        assert answer.headers["location"] == f"{AGAIN}?fait=voix"
        page = (await web.get(answer.headers["location"])).text
        assert "écoutez-le, puis publiez" in page
        own = samples_in((await web.get(f"{AGAIN}/son")).content)
        telephone = samples_in((await web.get(f"{AGAIN}/son?telephone=1")).content)
        assert len(own) == len(telephone)
        assert not np.array_equal(own, telephone)
        said = samples_in((await web.get("/admin/ecouter", params={"texte": SENTENCE})).content)
        assert np.array_equal(said, own), "« Écouter » plays what callers would hear"
        assert recorded(place) is None, "a draft is heard by nobody"

        review = (await web.get("/admin/publier")).text
        assert "Enregistrement ajouté : « Autre chose ? »" in review
        await send(web, "/admin/publier", "/admin/publier")
        heard = recorded(place)
        assert heard is not None
        assert np.array_equal(heard, own)

        await send(web, "/admin/phrases/phrases/autre_chose", "/admin/enregistrer", texte="Et avec cela ?")
        for address in ("/admin/enregistrements", AGAIN, "/admin/publier"):
            told = (await web.get(address)).text
            assert "ne sert plus" in told.lower(), address
        await send(web, AGAIN, f"{AGAIN}/retirer")
        assert "Autre chose ?" not in (await web.get("/admin/enregistrements")).text.partition("<form")[0]


REFUSED = {
    "Ce fichier est vide": b"",
    "pas un enregistrement sonore": b"PK\x03\x04 un document",
    "entend rien": encoded(np.zeros(16_000, np.int16), "wav"),
    "Ce fichier est trop gros : 20 Mo au plus": b"RIFF" + b"\0" * 20_500_000,
}


async def test_what_cannot_be_said_is_refused_in_words(place: AdminOffice) -> None:
    async with admin_web(place) as web:
        for told, data in REFUSED.items():
            answer = await sent(web, AGAIN, data)
            assert answer.status_code == 422
            assert told in answer.text.replace("&#39;", "'")
    draft = place.store.draft()
    assert draft is None or not draft.edits


async def test_a_hundred_megabytes_are_refused_before_they_are_kept(place: AdminOffice) -> None:
    async def much() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 1_000_000

    async with admin_web(place) as web:
        answer = await web.post(AGAIN, content=much(), headers={"content-length": "100000000"})
        assert answer.status_code == 413
        assert "Ce fichier est trop gros : 20 Mo au plus" in answer.text


async def test_a_sentence_with_words_that_change_is_recorded_by_its_fixed_parts(
    place: AdminOffice, read_out: bytes
) -> None:
    async with admin_web(place) as web:
        page = "/admin/enregistrements/phrases-horaires_ouvert"
        told = (await web.get(page)).text
        assert "mots qui changent à chaque appel" in told
        assert "Elle ne peut pas être enregistrée" in told
        form = (await web.get(AGAIN)).text
        refused = await web.post(
            page, data={"jeton": field_of(form, "jeton"), "vu": ""}, files={"son": ("a.mp3", read_out)}
        )
        assert refused.status_code == 404


async def test_an_announcement_is_said_by_who_recorded_it_until_it_is_stopped(
    place: AdminOffice, read_out: bytes
) -> None:
    assert place.live is not None
    async with admin_web(place) as web:
        form = (await web.get("/admin/annonces")).text
        fields = {"jeton": field_of(form, "jeton"), "texte": "L'eau est coupée.", "jusque": "3"}
        refused = await web.post("/admin/annonces", data=fields, files={"son": ("a.pdf", b"%PDF-1.7")})
        assert refused.status_code == 422
        assert not place.live.town.announcements
        done = await web.post("/admin/annonces", data=fields, files={"son": ("a.mp3", read_out)})
        assert done.status_code == 303
        (announcement,) = place.live.town.announcements
        assert announcement.sound is not None
        heard = diction_of(place.live.town).recording_of("L'eau est coupée.")
        assert heard is not None
        assert np.array_equal(heard.samples, samples_in(announcement.sound.read_bytes()))
        await sent(web, AGAIN, read_out)
        told = await web.get("/admin/ecouter", params={"texte": "L'eau est coupée."})
        assert np.array_equal(samples_in(told.content), heard.samples), "while there is a draft, too"
        assert "avec une vraie voix" in (await web.get("/admin/annonces")).text
    announce(place.store.root, "Autre chose.", place.now, place.now + timedelta(hours=1), "Zoé", place.now)
    assert announcement.sound.exists(), "kept while the announcement is"


async def test_two_who_record_the_same_sentence_do_not_lose_each_others(
    place: AdminOffice, read_out: bytes
) -> None:
    other = wav(np.full(16_000, 5, np.int16))
    async with admin_web(place) as web:
        shown = (await web.get(AGAIN)).text
        hidden = {name: field_of(shown, name) for name in ("jeton", "vu")}
        place.store.record(part_of("phrases-autre_chose"), SENTENCE, other, hidden["vu"], "Zoé", place.now)
        late = await web.post(AGAIN, data=hidden, files={"son": ("a.mp3", read_out)})
        assert late.status_code == 409
        assert "Zoé a enregistré cette phrase entre-temps" in late.text
