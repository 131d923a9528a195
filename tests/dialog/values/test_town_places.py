"""Streets and localities that the town names are known wherever they are said, and as they are heard."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from dialog.values import ValueContext, entities_in

STREETS = tuple(f"rue des Inconnus {number}" for number in range(2000))
OURS = ValueContext("972", ("Fond Lahaye", "Pointe aux Raisins", "Ravine Plate", "Bourg", *STREETS))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("il y a un trou à fond lahaye depuis hier", "fond lahaye"),
        ("à fond la haie un lampadaire est cassé", None),
        ("la pointe aux raisin est sale", "pointe aux raisin"),
        ("ravine plates c'est inondé", "ravine plates"),
        ("je suis au bourg", "bourg"),
        ("je suis à bour", None),
    ],
)
def test_a_locality_of_the_town_is_a_place(text: str, place: str | None) -> None:
    now = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("America/Martinique"))
    found = [one.value for one in entities_in(text, now, ZoneInfo("America/Martinique"), None, OURS)]
    assert (place in found) if place else not any("fond" in one or "bour" in one for one in found)
