"""What the town hall keeps of somebody is handed over, or erased, for who proves that it is theirs."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from callbacks.models import AuditEntry, Callback
from callbacks.voicemail import Voicemail
from telephony.ari.caller_id import e164
from tests.support.desk import field_of, office, signed_in
from tests.support.voicemail import leave_message


async def test_what_is_kept_of_somebody_is_shown_exported_and_erased_with_their_recordings(
    tmp_path: Path,
) -> None:
    async with office() as place:
        place.desk = replace(place.desk, voicemail=Voicemail(tmp_path, e164))
        leave_message(tmp_path, 0, place.now, "0696112233")
        leave_message(tmp_path, 1, place.now, "0612345678")
        kept = await place.wants_callback()
        await place.wants_callback("Marc", "+33612345678")
        theirs = {"numero": "0696 11 22 33", "reference": kept.ref.lower()}
        async with signed_in(place, "elodie", "supervisor") as web:
            form = (await web.get(f"/personne?reference={kept.ref}")).text
            assert f'value="{kept.ref}"' in form
            token = {"jeton": field_of(form)}
            for wrong, status in (({"reference": "C9999"}, 404), ({"numero": "bonjour"}, 422)):
                for deed in ("voir", "exporter", "effacer"):
                    answer = await web.post("/personne", data={**token, **theirs, **wrong, "geste": deed})
                    assert answer.status_code == status
            shown = await web.post("/personne", data={**token, **theirs, "geste": "voir"})
            assert "Effacer définitivement" in shown.text
            assert "<dt>Messages vocaux</dt><dd>1</dd>" in shown.text
            told = await web.post("/personne", data={**token, **theirs, "geste": "exporter"})
            assert told.headers["content-disposition"] == f'attachment; filename="donnees-{kept.ref}.json"'
            assert [each["ref"] for each in told.json()["rappels"]] == [kept.ref]
            (left,) = told.json()["messages_vocaux"]
            assert (datetime.fromisoformat(left["laisse_le"]), left["secondes"]) == (place.now, 4)
            gone = await web.post("/personne", data={**token, **theirs, "geste": "effacer"})
            assert "C&#39;est effacé" in gone.text or "C'est effacé" in gone.text
        async with place.database.reading() as session:
            assert await session.scalar(select(func.count()).select_from(Callback)) == 1
            noted = select(AuditEntry.action).where(AuditEntry.subject == f"person of {kept.ref}")
            assert list(await session.scalars(noted)) == ["lire", "exporter", "effacer"]
        assert [each.number for each in Voicemail(tmp_path, e164).messages()] == ["+33612345678"]


@pytest.mark.parametrize("away", [False, True])
async def test_recordings_that_stay_are_told_and_not_said_to_be_erased(tmp_path: Path, away: bool) -> None:
    folder = tmp_path / "ailleurs" / "mairie" / "101" if away else tmp_path
    async with office() as place:
        place.desk = replace(place.desk, voicemail=Voicemail(folder, e164))
        if not away:
            leave_message(folder, 0, place.now, "0696112233").with_suffix(".gsm").mkdir()
        kept = await place.wants_callback()
        async with signed_in(place, "elodie", "supervisor") as web:
            sent = {"numero": kept.phone, "reference": kept.ref}
            sent["jeton"] = field_of((await web.get("/personne")).text)
            shown = (await web.post("/personne", data={**sent, "geste": "voir"})).text
            assert ("sont sur la machine du standard" in shown) == away
            told = (await web.post("/personne", data={**sent, "geste": "exporter"})).json()
            assert isinstance(told["messages_vocaux"], str) == away
            gone = (await web.post("/personne", data={**sent, "geste": "effacer"})).text
            assert ("effacez-les là-bas" if away else "pas pu être effacés : 1") in gone
            assert "Le reste est effacé." in gone


async def test_only_those_who_answer_for_the_service_may() -> None:
    async with office() as place:
        kept = await place.wants_callback()
        async with signed_in(place, "marc") as web:
            assert (await web.get("/personne")).status_code == 403
            token = field_of((await web.get("/")).text)
            sent = {"jeton": token, "numero": kept.phone, "reference": kept.ref, "geste": "effacer"}
            assert (await web.post("/personne", data=sent)).status_code == 403
            assert "/personne" not in (await web.get(f"/rappels/{kept.ref}")).text
