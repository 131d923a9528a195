"""The sound of a recorded call is heard by who answers for the service, and each time is noted."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from callbacks.models import AuditEntry
from callbacks.models_recordings import CallSound
from tests.support.desk import field_of, office, signed_in, visitor
from tests.support.recorded_calls_kept import NUMBER, SOUND, keep_sound


async def test_who_answers_for_the_service_listens_and_it_is_noted(tmp_path: Path) -> None:
    async with office() as place:
        await keep_sound(place, tmp_path, "appel-1")
        kept = await place.wants_callback(call_id="appel-1")
        async with signed_in(place, "elodie", "supervisor") as web:
            for page in ("/appels/appel-1", f"/rappels/{kept.ref}"):
                shown = (await web.get(page)).text
                assert 'src="/appels/appel-1/son"' in shown
                assert "enregistré, 8&nbsp;s" in shown
                assert "s'efface le jeudi 24 décembre 2026" in shown
            heard = await web.get("/appels/appel-1/son")
            assert (heard.status_code, heard.headers["content-type"]) == (200, "audio/wav")
            assert heard.headers["cache-control"] == "no-store"
            assert heard.content.endswith(SOUND)
            whole = heard.content
            for asked, first, last in (
                ("bytes=0-", 0, None),
                ("bytes=100-199", 100, 200),
                ("bytes=9-", 9, None),
            ):
                part = await web.get("/appels/appel-1/son", headers={"range": asked})
                assert (part.status_code, part.content) == (206, whole[first:last])
                assert part.headers["content-range"].endswith(f"/{len(whole)}")
            assert (
                await web.get("/appels/appel-1/son", headers={"range": "bytes=999999-"})
            ).status_code == 416
            assert "gardé, chiffré" in (await web.get(f"/rappels/{kept.ref}/imprimer")).text
            assert (await web.get("/appels/un-autre/son")).status_code == 404
        async with place.database.reading() as session:
            noted = await session.scalars(select(AuditEntry.subject).where(AuditEntry.action == "écouter"))
        assert list(noted) == ["sound of appel-1"], "a player asks piece by piece: one listening"


async def test_others_are_told_that_it_is_recorded_and_hear_nothing(tmp_path: Path) -> None:
    async with office() as place:
        await keep_sound(place, tmp_path, "appel-1")
        async with signed_in(place, "marc") as web:
            shown = (await web.get("/appels/appel-1")).text
            assert "Les responsables seuls peuvent l'écouter" in shown
            assert "<audio" not in shown
            assert (await web.get("/appels/appel-1/son")).status_code == 403
        async with visitor(place) as stranger:
            assert (await stranger.get("/appels/appel-1/son")).status_code == 303


async def test_a_sound_whose_time_has_come_or_that_is_elsewhere_is_not_played(tmp_path: Path) -> None:
    async with office() as place:
        file = await keep_sound(place, tmp_path, "appel-1")
        async with signed_in(place, "elodie", "supervisor") as web:
            key = tmp_path / "cle"
            right = key.read_text()
            key.write_text("une autre clé d'installation, aussi longue qu'il faut")
            assert "la clé de l&#39;installation a changé" in (await web.get("/appels/appel-1/son")).text
            key.write_text(right)
            place.now += timedelta(days=30)
            async with signed_in(place, "odile", "supervisor") as later:
                assert (await later.get("/appels/appel-1/son")).status_code == 404
            place.now -= timedelta(days=30)
        async with signed_in(place, "fanny", "supervisor") as web:
            assert (await web.get("/appels/appel-1/son")).status_code == 200
            file.unlink()
            assert "Le fichier n'est pas sur cette machine" in (await web.get("/appels/appel-1")).text
            assert (await web.get("/appels/appel-1/son")).status_code == 404


@pytest.mark.parametrize("stuck", [False, True])
async def test_it_goes_with_its_person(tmp_path: Path, stuck: bool) -> None:
    async with office() as place:
        file = await keep_sound(place, tmp_path, "appel-1")
        kept = await place.wants_callback(phone=NUMBER, call_id="appel-1")
        if stuck:
            file.unlink()
            file.mkdir()
        async with signed_in(place, "elodie", "supervisor") as web:
            sent = {
                "numero": NUMBER,
                "reference": kept.ref,
                "jeton": field_of((await web.get("/personne")).text),
            }
            shown = (await web.post("/personne", data={**sent, "geste": "voir"})).text
            assert "<dt>Appels enregistrés</dt><dd>1</dd>" in shown
            gone = (await web.post("/personne", data={**sent, "geste": "effacer"})).text
            assert ("plus personne ne peut les écouter" in gone) == stuck
        assert file.exists() == stuck
        async with place.database.reading() as session:
            assert await session.scalar(select(func.count()).select_from(CallSound)) == 0
