"""A town's other agendas: as its content writes them, kept in step while the program serves, outages told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from callbacks.database import open_database
from callbacks.models import Message
from callbacks.models_agenda import CalendarEvent, OutsideVisit, PreApplication
from callbacks.retention import erase_expired
from dialog import office
from prompts.agendas import Retention
from prompts.errors import ContentError
from prompts.load import load_town
from standardiste.outside_jobs import OutsideJobs
from standardiste.outside_settings import OutsideSecrets, read_outside_secrets
from standardiste.records import TownRecords
from tests.standardiste.test_records_upkeep import COMMUNE
from tests.support.calendar_server import PASSWORD, USER, radicale

OUTSIDE = """
agendas_exterieurs:
  calendriers:
    etat_civil: {adresse: 'http://127.0.0.1:1/mairie/etat-civil/', utilisateur: mairie,
                 agenda: titre_identite, guichet: '1'}
  france_titres:
    si_injoignable: refuser
    coordination: https://coordination.example/api
    points:
      - {id: '201', nom: Mairie, agenda: titre_identite, longitude: -61.0, latitude: 14.6,
         adresse: 1 PLACE DE LA MAIRIE, code_postal: '97299', ville: SAINTE-AURORE}
  rdv_service_public:
    adresse: https://rdv.example
    utilisateur: agent@mairie.example
    organisation: 2
    motifs: {'1': {agenda: titre_identite, guichet: '2'}}
"""


def test_the_content_names_them_and_secrets_come_from_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "commune.yaml").write_text(COMMUNE + OUTSIDE, encoding="utf-8")
    outside = load_town(tmp_path).commune.outside
    assert outside.calendars["etat_civil"].counter == "1"
    assert outside.france_titres is not None
    assert outside.france_titres.if_away == "refuser"
    file = tmp_path / "secret"
    file.write_text("du fichier\n", encoding="utf-8")
    environ = {
        "STANDARDISTE_CALENDAR_ETAT_CIVIL_FILE": str(file), "STANDARDISTE_HUB_TOKEN": "jeton",
        "STANDARDISTE_RDVSP_SECRET": "signe", "STANDARDISTE_HUB_TOKEN_FILE": "",
    }  # fmt: skip
    secrets = read_outside_secrets(environ)
    assert secrets == OutsideSecrets({"etat_civil": "du fichier"}, hub="jeton", rdvsp_secret="signe")
    assert "jeton" not in repr(secrets)
    assert "du fichier" not in repr(secrets)


@pytest.mark.parametrize(
    ("line", "wrong", "told"),
    [
        ("guichet: '1'}", "guichet: '9'}", "« 9 » n'existe pas"),
        ("agenda: titre_identite, guichet: '1'}", "agenda: titres, guichet: '1'}", "« titres » n'existe pas"),
        ("'http://127.0.0.1:1/mairie/etat-civil/'", "calendrier", "n'est pas une adresse"),
        ("etat_civil: {adresse", "État Civil: {adresse", "un nom court"),
        ("latitude: 14.6", "latitude: 146", "hors limites"),
        ("si_injoignable: refuser", "si_injoignable: attendre", "reserver"),
        ("guichet: '2'}", "guichet: '3'}", "« 3 » n'existe pas"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_explained_where_it_stands(tmp_path: Path, line: str, wrong: str, told: str) -> None:
    assert OUTSIDE.count(line) == 1
    (tmp_path / "commune.yaml").write_text(COMMUNE + OUTSIDE.replace(line, wrong), encoding="utf-8")
    with pytest.raises(ContentError, match=told):
        load_town(tmp_path)


async def test_appointments_reach_the_calendar_and_a_long_outage_reaches_the_clerks(tmp_path: Path) -> None:
    folder = tmp_path / "commune"
    folder.mkdir()
    clock = [datetime(2026, 11, 24, 8, tzinfo=UTC)]
    with radicale(tmp_path / "radicale") as server:
        outside = OUTSIDE.replace("http://127.0.0.1:1/mairie/etat-civil/", server.url)
        (folder / "commune.yaml").write_text(COMMUNE + outside, encoding="utf-8")
        records = TownRecords(load_town(folder), open_database("sqlite://"), lambda: clock[0], Random(1))
        await records.open()
        wanted = office.Book("titre_identite", datetime(2026, 11, 27, 9), "Cadet", None, "cni")
        await records.answer("a", wanted)
        jobs = OutsideJobs(records, OutsideSecrets({"etat_civil": PASSWORD}), "https://mairie.example")
        ((_, calendars),) = jobs.all()
        assert await calendars() == 1
        assert "RDV une carte d'identité" in "".join(server.files().values())
        server.stop()
        for minutes in (2, 10, 20, 30):
            clock[0] = datetime(2026, 11, 24, 8, minutes, tzinfo=UTC)
            assert await calendars() == 0
        server.start()
        assert await calendars() == 0
    async with records.database.reading() as session:
        told = list(await session.scalars(select(Message).where(Message.template == "agenda_injoignable")))
    assert [(each.channel, each.values["motif"]) for each in told] == [("clerks", "etat_civil")]
    await records.database.close()
    assert records.town.commune.outside.calendars["etat_civil"].user == USER


async def test_nothing_runs_without_its_secret(tmp_path: Path) -> None:
    (tmp_path / "commune.yaml").write_text(COMMUNE + OUTSIDE, encoding="utf-8")
    records = TownRecords(
        load_town(tmp_path), open_database("sqlite://"), lambda: datetime.now(UTC), Random(1)
    )
    assert OutsideJobs(records, OutsideSecrets(), None).all() == ()
    some = OutsideSecrets({"autre": "x"}, coordination="x", rdvsp_password="x")
    assert len(OutsideJobs(records, some, None).all()) == 2
    await records.database.close()


async def test_what_other_agendas_told_goes_with_time(tmp_path: Path) -> None:
    (tmp_path / "commune.yaml").write_text(COMMUNE, encoding="utf-8")
    records = TownRecords(load_town(tmp_path), open_database("sqlite://"), lambda: now, Random(1))
    now, day = datetime(2026, 11, 24, 8, tzinfo=UTC), datetime(2026, 11, 24)
    await records.open()
    async with records.database.transaction() as session:
        session.add(CalendarEvent(calendar="a", ref="R1000", href="x", etag=None, sequence=0, starts_at=day))
        session.add(
            OutsideVisit(source="rdvsp", outside_id="1", motif="m", counter=None, starts_at=day, ends_at=day,
                         standing=True, told_at=now)
        )  # fmt: skip
        session.add(
            PreApplication(number="A" * 10, ref="R1000", point="201", starts_at=day, state="declaree")
        )
        session.add(PreApplication(number="B" * 10, ref="R1000", point="201", starts_at=day, state="retiree"))
    keep = Retention.model_validate({})
    assert (await erase_expired(records.database, keep, now + timedelta(days=3))).traces >= 3
    assert (
        replace(
            await erase_expired(records.database, keep, now + timedelta(days=181)), traces=0
        ).pre_applications
        == 1
    )
    await records.database.close()
