"""A reminder leaves by a real SMTP server; what people answer, by SMS or on their page, clerks see."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from callbacks.models import Appointment, Callback, OptOut
from callbacks.models_links import OneTimeLink
from callbacks.outbox import opt_out
from tests.support.desk import SMS_SECRET, Office, field_of, office, signed_in, visitor
from tests.support.letters import EMAIL, MOBILE, SMS, delivery_from, link_in, remind, visit
from tests.support.post_office import PostOffice, post_office

BEARER = {"authorization": f"Bearer {SMS_SECRET}"}


@pytest.fixture
def post() -> Iterator[PostOffice]:
    with post_office() as opened:
        yield opened


@pytest.fixture
async def place() -> AsyncIterator[Office]:
    async with office() as one:
        yield one


async def sms(place: Office, text: str, key: str, sender: str = "596696203040") -> str:
    async with visitor(place) as web:
        answer = await web.post(
            "/sms/entrant", data={"from": sender, "text": text, "id": key}, headers=BEARER
        )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["outcome"])


async def callbacks_of(place: Office) -> list[Callback]:
    async with place.database.reading() as session:
        return list(await session.scalars(select(Callback)))


async def press_on(web: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    token = field_of((await web.get(path)).text)
    return await web.post(path, data={"jeton": token, **fields})


async def test_ok_confirms_the_appointment_and_the_agenda_says_so(place: Office, post: PostOffice) -> None:
    await visit(place)
    await remind(place, post)
    (reminder,) = [text for text in post.texts_to(SMS) if "rappel" in text]
    assert "Répondez OK pour confirmer" in reminder
    assert "STOP" in reminder
    assert await sms(place, " Ok ! ", "m1") == "confirme"
    async with signed_in(place, "elodie") as web:
        assert "Confirmé" in (await web.get("/rendez-vous?jour=2026-11-26")).text


async def test_report_makes_somebody_call_back_once_however_often_it_is_handed_over(
    place: Office, post: PostOffice
) -> None:
    kept = await visit(place)
    await remind(place, post)
    assert await sms(place, "REPORT", "m1") == "report"
    assert await sms(place, "REPORT", "m1") == "deja_recu"
    (asked,) = await callbacks_of(place)
    assert (asked.phone, asked.name, asked.requests) == (MOBILE, "Cadet", 1)
    assert kept.ref in (asked.about or "")
    async with signed_in(place, "elodie") as web:
        assert "Veut changer" in (await web.get("/rendez-vous?jour=2026-11-26")).text


async def test_what_is_no_answer_is_read_by_a_person_unless_nothing_was_ever_sent_there(
    place: Office, post: PostOffice
) -> None:
    await visit(place)
    assert await sms(place, "ok mais je serai en retard", "m0") == "ignore"
    await remind(place, post)
    assert await sms(place, "ok mais appelez le 0612345678", "m1") == "a_lire"
    (asked,) = await callbacks_of(place)
    assert "[numéro]" in (asked.about or "")
    assert await sms(place, "bonjour", "m2", "33612345678") == "ignore"


async def test_stop_ends_all_messages_but_those_the_law_owes_and_reprise_brings_them_back(
    place: Office, post: PostOffice
) -> None:
    assert await sms(place, "STOP", "m1") == "stop"
    await visit(place)
    await remind(place, post)
    assert post.texts_to(SMS) == []
    assert await sms(place, "reprise", "m2") == "reprise"
    await remind(place, post)
    assert len(post.texts_to(SMS)) == 1


WRONG_PROOFS: tuple[dict[str, str], ...] = (
    {},
    {"authorization": "Bearer autre"},
    {"authorization": "Basic !!!"},
    {"authorization": "Basic " + base64.b64encode(b"x:autre").decode()},
    {"x-hub-signature-256": "sha256=" + "0" * 64},
    {"x-twilio-signature": "AAAA"},
)


async def test_who_does_not_know_the_secret_hands_over_nothing(place: Office) -> None:
    async with visitor(place) as web:
        for headers in WRONG_PROOFS:
            handed = await web.post("/sms/entrant", data={"from": MOBILE, "text": "STOP"}, headers=headers)
            assert handed.status_code == 403, headers
    async with place.database.reading() as session:
        assert await session.scalar(select(OptOut)) is None


async def test_a_provider_may_prove_itself_by_a_signature_or_a_password(place: Office) -> None:
    body = json.dumps({"from": MOBILE, "message": "STOP", "messageId": 7}).encode()
    signature = hmac.new(SMS_SECRET.encode(), body, hashlib.sha256).hexdigest()
    fields = {"Body": "STOP", "From": MOBILE, "MessageSid": "SM1"}
    signed = "http://mairie/sms/entrant" + "".join(f"{key}{fields[key]}" for key in sorted(fields))
    twilio = base64.b64encode(hmac.new(SMS_SECRET.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    basic = base64.b64encode(f"mairie:{SMS_SECRET}".encode()).decode()
    async with visitor(place) as web:
        answers = [
            await web.post(
                "/sms/entrant",
                content=body,
                headers={"content-type": "application/json", "x-hub-signature-256": f"sha256={signature}"},
            ),
            await web.post("/sms/entrant", data=fields, headers={"x-twilio-signature": twilio}),
            await web.post("/sms/entrant", data=fields, headers={"authorization": f"Basic {basic}"}),
        ]
        assert [each.json()["outcome"] for each in answers] == ["stop", "stop", "deja_recu"]
        bad = [
            await web.post("/sms/entrant", content=b"[]", headers=BEARER),
            await web.post("/sms/entrant", data={"from": "12", "text": "ok"}, headers=BEARER),
            await web.post("/sms/entrant", content=b"x" * 20_000, headers=BEARER),
        ]
        assert [each.status_code for each in bad] == [422, 422, 413]


async def test_the_link_in_a_mail_confirms_once_and_looking_at_it_changes_nothing(
    place: Office, post: PostOffice
) -> None:
    await visit(place, phone=None, email=EMAIL)
    await remind(place, post)
    (reminder,) = [text for text in post.texts_to(EMAIL) if "rappel" in text]
    path = link_in(reminder)
    async with visitor(place) as web:
        for _ in range(2):
            page = await web.get(path)
            assert page.status_code == 200
            assert "jeudi 26 novembre" in page.text.lower()
            assert "Cadet" not in page.text
        assert (await press_on(web, path, geste="changer")).status_code == 422
        assert "C&#39;est noté" in (await press_on(web, path, geste="venir")).text
        assert (await web.get(path)).status_code == 404
        assert (await web.post(path, data={"geste": "annuler"})).status_code == 404
    async with place.database.reading() as session:
        assert path.removeprefix("/l/") not in str(list(await session.scalars(select(OneTimeLink.digest))))
    async with signed_in(place, "elodie") as clerk:
        assert "Confirmé" in (await clerk.get("/rendez-vous?jour=2026-11-26")).text


async def test_the_page_cancels_or_asks_for_another_day(place: Office, post: PostOffice) -> None:
    kept = await visit(place, phone=None, email=EMAIL)
    await remind(place, post)
    first = link_in(post.texts_to(EMAIL)[-1])
    async with visitor(place) as web:
        said = await press_on(web, first, geste="changer", telephone="0696 11 22 33")
        assert "rappelons" in said.text
    (asked,) = await callbacks_of(place)
    assert asked.phone == "+596696112233"
    other = await visit(place, email="marc@exemple.fr", at=kept.starts_at + timedelta(hours=1))
    await remind(place, post)
    async with visitor(place) as web:
        await press_on(web, link_in(post.texts_to("marc@exemple.fr")[-1]), geste="annuler")
    async with place.database.reading() as session:
        rows = await session.execute(select(Appointment.ref, Appointment.status))
        statuses = {row[0]: row[1] for row in rows}
    assert statuses == {kept.ref: "pris", other.ref: "annule"}


async def test_a_link_is_worth_nothing_after_a_change_when_it_is_old_forged_or_from_another_site(
    place: Office, post: PostOffice
) -> None:
    kept = await visit(place, phone=None, email=EMAIL)
    await remind(place, post)
    path = link_in(post.texts_to(EMAIL)[-1])
    async with visitor(place) as web:
        assert (await web.post(path, data={"geste": "annuler"})).status_code == 403
        assert (await web.get("/l/" + "x" * 32)).status_code == 404
        async with place.database.transaction() as session:
            moved = await session.get(Appointment, kept.id)
            assert moved is not None
            moved.sequence += 1
        assert "plus le même" in (await web.get(path)).text
        place.now += timedelta(days=61)
        assert "ne s&#39;ouvre plus" in (await web.get(path)).text


async def test_the_refusal_at_the_end_of_a_mail_is_honoured_for_what_is_already_queued(
    place: Office, post: PostOffice
) -> None:
    await visit(place, phone=None, email=EMAIL)
    await delivery_from(place, post).once()
    refusal = link_in(post.texts_to(EMAIL)[0].split("ne plus recevoir")[1])
    async with visitor(place) as web:
        await press_on(web, refusal)
    before = len(post.received)
    await remind(place, post)
    assert len(post.received) == before


async def test_an_address_is_refused_however_it_is_written(place: Office, post: PostOffice) -> None:
    await place.database.write(lambda session: opt_out(session, "Lea@Exemple.FR", place.now))
    await visit(place, phone=None, email="LEA@exemple.fr")
    await remind(place, post)
    assert post.received == []


async def test_without_public_pages_a_message_holds_no_link(place: Office, post: PostOffice) -> None:
    await visit(place, phone=None, email=EMAIL)
    await replace(delivery_from(place, post), public=None).once()
    assert "http" not in post.texts_to(EMAIL)[0]
