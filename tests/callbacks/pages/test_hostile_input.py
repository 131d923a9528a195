"""Forged forms, names made of markup, formulas, and what else people with bad intentions send."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.pages.export import harmless, table
from callbacks.pages.guards import MAX_FORM_BYTES
from tests.support.desk import field_of, office, press, signed_in, visitor

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'>{{7*7}}"


async def test_a_form_without_the_pages_token_changes_nothing() -> None:
    async with office() as place, signed_in(place, "elodie") as web:
        wish = await place.wants_callback()
        address = f"/rappels/{wish.ref}/prendre"
        for fields in ({}, {"jeton": ""}, {"jeton": "0" * 64}, {"jeton": "é" * 64}):
            assert (await web.post(address, data=fields)).status_code == 403
        token = field_of((await web.get("/")).text)
        foreign = await web.post(address, data={"jeton": token}, headers={"sec-fetch-site": "cross-site"})
        assert foreign.status_code == 403
        assert "à rappeler" in (await web.get(f"/rappels/{wish.ref}")).text.lower()
        assert (await web.post(address, data={"jeton": token})).status_code == 303


async def test_one_clerks_token_is_worth_nothing_in_anothers_browser() -> None:
    async with office() as place, signed_in(place, "elodie") as web, signed_in(place, "marc") as other:
        wish = await place.wants_callback()
        token = field_of((await web.get("/")).text)
        assert (await other.post(f"/rappels/{wish.ref}/prendre", data={"jeton": token})).status_code == 403


async def test_signing_in_takes_a_form_of_ours_too() -> None:
    async with office() as place, visitor(place) as web:
        await place.clerk("elodie")
        assert (await web.post("/connexion", data={"nom": "elodie", "secret": "x"})).status_code == 403


async def test_what_callers_say_is_text_never_markup() -> None:
    async with office() as place, signed_in(place, "elodie", "supervisor") as web:
        wish = await place.wants_callback(MARKUP, about=MARKUP, service="accueil")
        await press(web, f"/rappels/{wish.ref}/issue", issue="note", note=MARKUP)
        paths = ("/", f"/rappels/{wish.ref}", f"/rappels/{wish.ref}/imprimer", f"/?q={MARKUP}", "/pilotage")
        for path in paths:
            page = (await web.get(path)).text
            assert "<script>alert" not in page
            assert "<img src=x" not in page
            assert "{{7*7}}" in page or path == "/pilotage"


@pytest.mark.parametrize("cell", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u00a0=1", "＝1"])
def test_no_cell_of_an_export_is_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@given(st.lists(st.lists(st.text(max_size=20), min_size=15, max_size=15), max_size=4))
def test_an_export_reads_back_as_it_was_but_for_formulas(rows: list[list[str]]) -> None:
    text = table(rows)
    assert text.startswith("\ufeff")
    read = list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=";"))[1:]
    assert read == [[harmless(cell) for cell in row] for row in rows]


async def test_the_export_holds_the_list_as_it_was_chosen() -> None:
    async with office() as place, signed_in(place, "elodie") as web:
        await place.wants_callback('=HYPERLINK("http://x")', about="un passeport")
        await place.wants_callback("Marc Ferraty", "+596696445566", service="urbanisme")
        answer = await web.get("/rappels.csv?service=accueil")
        (row,) = list(csv.DictReader(io.StringIO(answer.text[1:]), delimiter=";"))
        assert row["Nom"] == '\'=HYPERLINK("http://x")'
        assert row["Téléphone"] == "0696\u00a011\u00a022\u00a033"
        assert answer.headers["content-disposition"].startswith('attachment; filename="rappels-2026-11-24')


async def test_a_form_that_is_far_too_long_is_not_even_read() -> None:
    async with office() as place, signed_in(place, "elodie") as web:
        long = await web.post("/connexion", data={"nom": "x" * (MAX_FORM_BYTES + 1)})
        assert long.status_code == 413

        async def pieces() -> object:
            yield b"nom=x"

        endless = await web.post("/connexion", content=pieces())  # type: ignore[arg-type]
        assert endless.status_code == 413


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nulle-part", 404), ("/rappels/C9", 404), ("/rappels/C9/prendre", 405), ("/?etat=x", 422)],
)
async def test_what_is_not_there_is_said_in_french_and_without_cookies_of_others(
    path: str, status: int
) -> None:
    async with office() as place, signed_in(place, "elodie") as web:
        answer = await web.get(path)
    assert answer.status_code == status
    assert 'lang="fr"' in answer.text
    assert "Revenir aux rappels" in answer.text


async def test_pages_with_personal_data_stay_in_no_cache() -> None:
    async with office() as place, signed_in(place, "elodie") as web:
        wish = await place.wants_callback()
        for path in ("/", f"/rappels/{wish.ref}", "/rappels.csv", "/rendez-vous"):
            assert (await web.get(path)).headers["cache-control"] == "no-store"


async def test_bytes_that_a_database_cannot_hold_are_left_out() -> None:
    async with office() as place, signed_in(place, "elodie") as web:
        wish = await place.wants_callback()
        answer = await press(web, f"/rappels/{wish.ref}/issue", issue="note", note="a\x00b\x07c")
        assert answer.status_code == 303
        assert "abc" in (await web.get(f"/rappels/{wish.ref}")).text
        assert (await web.get("/?q=%00")).status_code == 200
