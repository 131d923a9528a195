"""The dashboard counts what its definitions say, day by day of the town."""

from datetime import date, timedelta

import pytest

from callbacks import work
from callbacks.figures import Figures, figures
from callbacks.pages.dashboard import chart, round_above
from tests.support.busy_office import a_call, fill_past
from tests.support.desk import NOW, Office, office, signed_in


async def counted(place: Office, n_days: int = 3, service: str | None = None) -> Figures:
    first = place.now.date() - timedelta(days=n_days - 1)
    return await place.database.read(
        lambda session: figures(session, first, n_days, place.desk.town.tz, place.now, service)
    )


async def test_calls_count_on_the_day_they_began_and_are_resolved_by_their_outcome() -> None:
    async with office() as place:
        await a_call(place, "a", outcome="answered")
        await a_call(place, "b", outcome="booked", days=1)
        await a_call(place, "c", outcome="callback", days=1, wrong=True)
        await a_call(place, "d", outcome="ended", days=2)
        await a_call(place, "e", outcome="answered", days=3)
        found = await counted(place)
    assert [(day.calls, day.resolved, day.wrong) for day in found.days] == [(1, 0, 0), (2, 1, 1), (1, 1, 0)]
    assert (found.calls, found.resolved, found.wrong) == (4, 2, 1)


async def test_a_call_shortly_before_midnight_in_the_town_counts_on_that_day() -> None:
    async with office() as place:
        place.now = NOW.replace(hour=0, minute=5)  # the call began ten minutes before: 23:55 the day before
        await a_call(place, "late")
        found = await counted(place, 2)
    assert [day.calls for day in found.days] == [1, 0]


async def test_a_promise_is_kept_when_somebody_called_before_its_time() -> None:
    async with office() as place:
        clerk = await place.clerk("elodie", password=None, email="e@mairie.example")
        in_time = await place.wants_callback(minutes=30)
        tried = await place.wants_callback("B", "+596696000002", minutes=30)
        late = await place.wants_callback("C", "+596696000003", minutes=30)
        await place.wants_callback("D", "+596696000004", minutes=30, service="ccas")
        await place.wants_callback("E", "+596696000005", minutes=3000)
        await work.close(place.database, in_time.id, clerk, place.now)
        await work.no_answer(place.database, tried.id, clerk, place.now)
        place.now += timedelta(minutes=40)
        await work.close(place.database, late.id, clerk, place.now)
        found = await counted(place, 1)
        ccas = await counted(place, 1, "ccas")
    assert (found.due, found.kept) == (4, 2)
    assert [(each.service, each.due, each.kept, each.open) for each in found.services] == [
        ("accueil", 3, 2, 1),
        ("ccas", 1, 0, 1),
    ]
    assert (ccas.due, ccas.kept) == (1, 0)


async def test_subjects_count_once_a_call_and_small_words_are_none() -> None:
    async with office() as place:
        await a_call(place, "a")
        await a_call(place, "b")
        found = await counted(place, 1)
    subjects = {(each.intent, each.service): each.calls for each in found.subjects}
    assert subjects == {("humain", "aucun"): 2, ("suivi_dossier", "passeport"): 2}
    assert [(each.intent, each.calls) for each in found.unanswered] == [("humain", 2)]


async def test_the_page_shows_each_figure_with_its_definition_and_a_table_twin() -> None:
    async with office() as place, signed_in(place, "marc", "supervisor") as web:
        await fill_past(place)
        page = (await web.get("/pilotage?jours=7")).text.replace("\u00a0", " ")
    assert page.count("<svg viewBox") == 2
    assert page.count("Le même en tableau") == 2
    for words in (
        "Appels que l&#39;agent a décrochés",
        "4 minutes",
        '<th scope="row">mardi 24 novembre 2026',
    ):
        assert words in page
    assert "NaN" not in page


async def test_an_empty_town_has_a_dashboard_too() -> None:
    async with office() as place, signed_in(place, "marc", "supervisor") as web:
        answer = await web.get("/pilotage?jours=1&service=inconnu")
    assert answer.status_code == 200
    assert "Rien sur cette période." in answer.text


@pytest.mark.parametrize(
    ("value", "top"), [(0, 4), (4, 4), (5, 10), (11, 20), (21, 40), (199, 200), (201, 400), (12_345, 20_000)]
)
def test_the_upper_edge_of_a_drawing_is_round(value: int, top: int) -> None:
    assert round_above(value) == top


def test_bars_never_leave_the_drawing() -> None:
    days = [(date(2026, 1, 1) + timedelta(days=n), n * 7, n) for n in range(90)]
    drawn = chart(days)
    assert all(bar.x >= 0 and bar.x + drawn.thick <= 360 and bar.whole <= 160 for bar in drawn.bars)
