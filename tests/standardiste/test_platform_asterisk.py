"""What Asterisk is told of a platform's towns."""

import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from standardiste.platform_asterisk import asterisk_files, write_asterisk_files
from standardiste.platform_settings import TownPlace, read_places
from standardiste.settings import Settings
from tests.support.towns import write_town

BARE = Settings(Path("/x"), (), "none", None, "sqlite://", None, "127.0.0.1", 0, "warning")
NUMBERS = st.integers(100_000_000, 999_999_999).map(lambda number: f"+33{number}")


@settings(max_examples=50)
@given(st.lists(st.lists(NUMBERS, min_size=1, max_size=3), min_size=1, max_size=5))
def test_each_number_leads_to_one_town_and_any_other_to_none(numbers: list[list[str]]) -> None:
    taken: set[str] = set()
    places = []
    for index, own in enumerate(numbers):
        mine = tuple(number for number in dict.fromkeys(own) if number not in taken)
        taken.update(mine)
        places.append(TownPlace(f"ville-{index}", Path("/x"), BARE, f"v{index}.example", mine))
    dialplan = asterisk_files(places, lambda below: below - 1)["villes-extensions.conf"]
    leads = re.findall(
        r"^exten = (\+?\d+),1,Set\(__VILLE=([a-z0-9-]+)\.\)\n same = n,Return\(\)$", dialplan, re.M
    )
    assert dict(leads) == {form: place.name for place in places for form in place.ways_to_dial}
    assert len(leads) == len(dict(leads))
    others = set(re.findall(r"^exten = (_\S+),1,(\S+)$", dialplan, re.M))
    assert others == {("_X.", "Hangup(1)"), ("_+X.", "Hangup(1)")}


def test_a_town_s_queue_mailbox_and_post_bear_its_name_and_no_password_is_readable_by_all(
    tmp_path: Path,
) -> None:
    own = write_town(tmp_path, "vauclair", "0299000001", None, POST="sip:accueil@192.0.2.20",
                     POST_PASSWORD_FILE="poste")  # fmt: skip
    (own / "poste").write_text("un-long-mot-de-passe\n", "utf-8")
    write_town(tmp_path, "montbrun", "0299000002")
    written = write_asterisk_files(read_places(tmp_path, {}, ()).places, tmp_path / "local")
    texts = {file.name: file.read_text("utf-8") for file in written}
    sections = {name: set(re.findall(r"^\[(.+)\]$", text, re.M)) for name, text in texts.items()}
    assert sections == {
        "villes-extensions.conf": {"villes"},
        "villes-queues.conf": {"vauclair.accueil", "montbrun.accueil"},
        "villes-voicemail.conf": {"vauclair.mairie", "montbrun.mairie"},
        "villes-pjsip.conf": {"vauclair.poste-accueil"},
    }
    assert "set_var = __VILLE=vauclair." in texts["villes-pjsip.conf"]
    assert "permit = 192.0.2.20" in texts["villes-pjsip.conf"]
    assert "password = un-long-mot-de-passe" in texts["villes-pjsip.conf"]
    codes = re.findall(r"^101 = ([0-9]{9}),", texts["villes-voicemail.conf"], re.M)
    assert len(set(codes)) == 2, "nobody knows the code of a mailbox that no telephone opens"
    assert all(file.stat().st_mode & 0o007 == 0 for file in written)
