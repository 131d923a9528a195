"""What was said after the tone is heard in the page, by who may, and each time is noted."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from callbacks.models import AuditEntry
from callbacks.voicemail import LEFT_A_MESSAGE, Voicemail
from telephony.ari.caller_id import e164
from tests.support.desk import Office, field_of, office, signed_in, visitor
from tests.support.voicemail import leave_message

ABOUT = f"{LEFT_A_MESSAGE} de 4 s le 24/11 à 09:58"


def with_voicemail(place: Office, folder: Path) -> Office:
    place.desk = replace(place.desk, voicemail=Voicemail(folder, e164))
    return place


async def test_a_clerk_listens_to_what_was_left_and_to_nothing_else(tmp_path: Path) -> None:
    async with office() as bare:
        place = with_voicemail(bare, tmp_path)
        sound = leave_message(tmp_path, 0, place.now - timedelta(minutes=2), "0696112233")
        leave_message(tmp_path, 1, place.now - timedelta(minutes=3), "")
        kept = await place.wants_callback(about=ABOUT, reason="no_answer")
        other = await place.wants_callback("Marc", "+596696445566", about=ABOUT)
        async with signed_in(place, "elodie") as web:
            story = (await web.get(f"/rappels/{kept.ref}")).text
            address = story.partition('src="/messagerie/')[2].partition('"')[0]
            heard = await web.get(f"/messagerie/{address}")
            assert (heard.status_code, heard.headers["content-type"]) == (200, "audio/wav")
            assert heard.headers["cache-control"] == "no-store"
            assert heard.content == sound.read_bytes()
            part = await web.get(f"/messagerie/{address}", headers={"range": "bytes=44-143"})
            assert (part.status_code, len(part.content)) == (206, 100)
            assert "n'est plus dans la messagerie" in (await web.get(f"/rappels/{other.ref}")).text
            listed = (await web.get("/messagerie")).text
            assert listed.count("<audio") == 2
            assert "Numéro masqué" in listed
            assert f'href="/rappels/{kept.ref}"' in listed
            assert (await web.get("/messagerie/1-0")).status_code == 404
        async with visitor(place) as stranger:
            assert (await stranger.get(f"/messagerie/{address}")).status_code == 303
        async with place.database.reading() as session:
            noted = await session.scalars(select(AuditEntry.subject).where(AuditEntry.action == "écouter"))
        assert list(noted) == [f"voicemail {address}"], "a player asks piece by piece: one listening"


async def test_each_listening_is_noted_whatever_part_of_it_is_asked_for_first(tmp_path: Path) -> None:
    async with office() as bare:
        place = with_voicemail(bare, tmp_path)
        leave_message(tmp_path, 0, place.now, "0696112233")
        assert place.desk.voicemail is not None
        (left,) = place.desk.voicemail.messages()
        for login in ("elodie", "marc"):
            async with signed_in(place, login) as web:
                for part in ("bytes=1-", "bytes=0-", "bytes=44-99"):
                    await web.get(f"/messagerie/{left.id}", headers={"range": part})
                await web.head(f"/messagerie/{left.id}")
                place.now += timedelta(minutes=11)
                await web.get(f"/messagerie/{left.id}")
        async with place.database.reading() as session:
            query = select(AuditEntry.clerk_id).where(AuditEntry.action == "écouter")
            clerks = list(await session.scalars(query))
        assert sorted(clerks.count(each) for each in set(clerks)) == [2, 2]


async def test_a_message_without_a_number_is_dealt_with_and_goes(tmp_path: Path) -> None:
    async with office() as bare:
        place = with_voicemail(bare, tmp_path)
        leave_message(tmp_path, 0, place.now, "0696112233")
        leave_message(tmp_path, 1, place.now - timedelta(minutes=3), "")
        assert place.desk.voicemail is not None
        known, withheld = place.desk.voicemail.messages()
        async with signed_in(place, "elodie") as web:
            shown = (await web.get("/messagerie")).text
            assert f'action="/messagerie/{withheld.id}/traite"' in shown
            assert f"/messagerie/{known.id}/traite" not in shown
            token = {"jeton": field_of(shown)}
            assert (await web.post(f"/messagerie/{withheld.id}/traite")).status_code == 403
            assert (await web.post(f"/messagerie/{known.id}/traite", data=token)).status_code == 404
            assert (await web.post(f"/messagerie/{withheld.id}/traite", data=token)).status_code == 303
            assert place.desk.voicemail.messages() == (known,)
            assert (await web.post(f"/messagerie/{withheld.id}/traite", data=token)).status_code == 404
            stuck = leave_message(tmp_path, 2, place.now, "")
            stuck.with_suffix(".gsm").mkdir()
            (last,) = [each for each in place.desk.voicemail.messages() if each.number is None]
            failed = await web.post(f"/messagerie/{last.id}/traite", data=token)
            assert "pas pu être effacé" in failed.text
        async with place.database.reading() as session:
            noted = await session.scalars(select(AuditEntry.subject).where(AuditEntry.action == "effacer"))
            assert list(noted) == [f"voicemail {withheld.id}", f"voicemail {last.id}"]


async def test_recordings_that_these_pages_cannot_read_are_said_to_be_elsewhere(tmp_path: Path) -> None:
    async with office() as place:
        kept = await place.wants_callback(about=ABOUT)
        for login, voicemail in (
            ("marc", None),
            ("zoe", Voicemail(tmp_path / "ailleurs" / "mairie" / "101", e164)),
        ):
            place.desk = replace(place.desk, voicemail=voicemail)
            async with signed_in(place, login) as web:
                assert "est resté sur la machine du standard" in (await web.get(f"/rappels/{kept.ref}")).text
                assert "sont restés sur la machine du standard" in (await web.get("/messagerie")).text
                assert (await web.get("/messagerie/1-0")).status_code == 404
