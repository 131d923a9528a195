"""What the town hall keeps of somebody is handed over, or erased, for who proves that it is theirs."""

from dataclasses import replace
from pathlib import Path

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
            told = await web.post("/personne", data={**token, **theirs, "geste": "exporter"})
            assert told.headers["content-disposition"] == f'attachment; filename="donnees-{kept.ref}.json"'
            assert [each["ref"] for each in told.json()["rappels"]] == [kept.ref]
            gone = await web.post("/personne", data={**token, **theirs, "geste": "effacer"})
            assert "C&#39;est effacé" in gone.text or "C'est effacé" in gone.text
        async with place.database.reading() as session:
            assert await session.scalar(select(func.count()).select_from(Callback)) == 1
            noted = select(AuditEntry.action).where(AuditEntry.subject == f"person of {kept.ref}")
            assert list(await session.scalars(noted)) == ["lire", "exporter", "effacer"]
        assert [each.number for each in Voicemail(tmp_path, e164).messages()] == ["+33612345678"]


async def test_only_those_who_answer_for_the_service_may() -> None:
    async with office() as place:
        kept = await place.wants_callback()
        async with signed_in(place, "marc") as web:
            assert (await web.get("/personne")).status_code == 403
            token = field_of((await web.get("/")).text)
            sent = {"jeton": token, "numero": kept.phone, "reference": kept.ref, "geste": "effacer"}
            assert (await web.post("/personne", data=sent)).status_code == 403
            assert "/personne" not in (await web.get(f"/rappels/{kept.ref}")).text
