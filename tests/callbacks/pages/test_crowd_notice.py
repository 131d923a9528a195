"""What is not as usual with the service stands above the clerks' list while it lasts, and then no more."""

from datetime import timedelta

from callbacks import notices
from callbacks.database import Database
from callbacks.notices import HOLDS, Notice
from tests.support.desk import NOW, office, signed_in

CROWD = Notice("Beaucoup d'appels : les nouveaux appelants répondent par les touches (9 appels en cours).")
DOWN = Notice("L'agent vocal n'est plus relié au standard : les appels sonnent chez vous.", grave=True)


def shown(notice: Notice) -> str:
    kind = "notice bad" if notice.grave else "notice"
    return f'<p class="{kind}" role="status">{notice.told}</p>'.replace("'", "&#39;")


async def test_what_is_wrong_is_told_above_the_list_as_long_as_it_lasts() -> None:
    told: list[Notice] = [DOWN, CROWD]
    async with office(notices=lambda: tuple(told)) as place, signed_in(place, "elodie") as web:
        page = (await web.get("/")).text
        assert shown(DOWN) in page
        assert shown(CROWD) in page
        told.clear()
        page = (await web.get("/")).text
        assert "Beaucoup d" not in page
        assert "relié" not in page


async def test_what_another_process_says_is_believed_only_while_it_says_it_again(database: Database) -> None:
    async with database.transaction() as session:
        await notices.tell(session, "telephonie:1", [DOWN, CROWD], NOW)
        await notices.tell(session, "telephonie:2", [CROWD], NOW)
        await notices.tell(session, "pages:3", [Notice("mon propre avis")], NOW)
    later = NOW + HOLDS + timedelta(seconds=1)
    async with database.transaction() as session:
        assert set(await notices.told_by_others(session, "pages:3", NOW)) == {DOWN, CROWD}
        assert await notices.told_by_others(session, "pages:3", later) == ()
        await notices.tell(session, "telephonie:1", [], later)
        await notices.take_back(session, "telephonie:2")
        assert await notices.told_by_others(session, "pages:3", NOW) == ()
