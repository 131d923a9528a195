"""While more people call than can be served in full, the clerks' list says so, and then no more."""

from tests.support.desk import office, signed_in

NOTICE = "Beaucoup d'appels : les nouveaux appelants répondent par les touches (9 appels en cours)."


async def test_a_crowd_is_told_above_the_list_as_long_as_it_lasts() -> None:
    crowd: list[str | None] = [NOTICE]
    async with office(crowd=lambda: crowd[0]) as place, signed_in(place, "elodie") as web:
        page = (await web.get("/")).text
        assert f'<p class="notice" role="status">{NOTICE}</p>'.replace("'", "&#39;") in page
        crowd[0] = None
        assert "Beaucoup d" not in (await web.get("/")).text
