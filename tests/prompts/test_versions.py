"""A content's versions: edited, published, taken back; whatever stops the machine, a whole one is heard."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from prompts.errors import ContentError
from prompts.versions import VersionStore
from prompts.versions_draft import Part, values_of
from prompts.versions_errors import (
    AlreadyScheduled,
    DamagedVersion,
    DraftInTheWay,
    DraftJoined,
    DraftMoved,
    EditConflict,
    MergeConflict,
    NothingToPublish,
    VersionsError,
)
from prompts.versions_files import content_digest
from prompts.versions_yaml import digest_of_part
from tests.support.killed import killed_at

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
COMMUNE = """\
# La commune
nom: Vauclair
accueil:
  telephone: '+33299000000'  # celui de l'accueil
lieux:
  mairie: {nom: la mairie, horaire: Mo-Fr 09:00-12:00}
fermetures:
  # la fin de l'année
  - debut: 2026-12-24T12:00
    fin: 2026-12-25T00:00
    libelle: Noël
"""
NAME = Part("commune.yaml", ("nom",))
HOURS = Part("commune.yaml", ("lieux", "mairie", "horaire"))
GREETING = Part("phrases.yaml", ("accueil_mention",))


@pytest.fixture
def store(tmp_path: Path) -> VersionStore:
    source = tmp_path / "commune"
    source.mkdir()
    (source / "commune.yaml").write_text(COMMUNE, encoding="utf-8")
    return VersionStore(tmp_path / "versions", source)


def change(store: VersionStore, part: Part, value: object, who: str = "Léa", now: datetime = NOW) -> None:
    """An edit of who has just looked at the part."""
    store.edit(part, value, digest_of_part(store.open_draft(now).value(part)), who, now)


def heard(store: VersionStore, part: Part = NAME) -> object:
    value: Any = values_of(store.served_folder())
    for key in (part.file, *part.path):
        value = value[key]
    return value


def test_nothing_is_kept_until_something_is_changed(store: VersionStore) -> None:
    assert store.in_service() is None
    assert store.served_folder() == store.source
    assert not store.root.exists()


def test_a_draft_is_heard_by_nobody_until_it_is_published(store: VersionStore) -> None:
    change(store, NAME, "Vauclair-le-Bas")
    assert heard(store) == "Vauclair"
    number = store.publish("Léa", "nouveau nom", NOW)
    assert heard(store) == "Vauclair-le-Bas"
    assert store.draft() is None
    last, first = store.versions()
    assert (last.number, last.who, last.why, last.based_on) == (number, "Léa", "nouveau nom", first.number)
    assert [edit.after for edit in last.edits] == ["Vauclair-le-Bas"]
    assert (first.kind, first.who) == ("dossier", "dossier de la commune")
    assert (store.source / "commune.yaml").read_text(encoding="utf-8") == COMMUNE


def test_comments_and_the_rest_of_the_file_stay_as_they_were(store: VersionStore) -> None:
    change(store, Part("commune.yaml", ("accueil", "telephone")), "+33299111111")
    change(store, GREETING, "Bonjour, {commune}.")
    change(store, Part("commune.yaml", ("fermetures", 0, "libelle")), "veille de Noël")
    store.publish("Léa", "", NOW)
    text = (store.served_folder() / "commune.yaml").read_text(encoding="utf-8")
    assert "# La commune" in text
    assert "telephone: '+33299111111'  # celui de l'accueil" in text
    assert "# la fin de l'année" in text
    assert "libelle: veille de Noël" in text
    assert heard(store, GREETING) == "Bonjour, {commune}."


def test_the_files_of_a_version_are_never_changed_again(store: VersionStore) -> None:
    change(store, NAME, "Un")
    first = store.publish("Léa", "", NOW)
    before = content_digest(store.content_of(first))
    change(store, NAME, "Deux")
    store.publish("Léa", "", NOW)
    assert content_digest(store.content_of(first)) == before
    (store.folder_of(first) / "contenu" / "commune.yaml").write_text("nom: Autre\n", encoding="utf-8")
    with pytest.raises(DamagedVersion, match="abîmée"):
        store.roll_back(first, "Léa", "", NOW)
    assert heard(store) == "Deux"


def test_an_old_version_is_put_back_as_a_new_one_and_the_draft_stays(store: VersionStore) -> None:
    change(store, NAME, "Erreur")
    store.publish("Léa", "", NOW)
    change(store, GREETING, "Bonjour.")
    number = store.roll_back(1, "Zoé", "c'était une erreur", NOW)
    assert heard(store) == "Vauclair"
    assert (store.version(number).kind, store.version(number).restores) == ("retour", 1)
    store.publish("Léa", "", NOW)
    assert (heard(store), heard(store, GREETING)) == ("Vauclair", "Bonjour.")


def test_two_admins_on_two_parts_are_not_in_each_others_way(store: VersionStore) -> None:
    draft = store.open_draft(NOW)
    seen = {part: digest_of_part(draft.value(part)) for part in (NAME, HOURS)}
    store.edit(NAME, "Vauclair-le-Bas", seen[NAME], "Léa", NOW)
    store.edit(HOURS, "Mo-Fr 08:00-12:00", seen[HOURS], "Zoé", NOW)
    store.publish("Léa", "", NOW)
    assert (heard(store), heard(store, HOURS)) == ("Vauclair-le-Bas", "Mo-Fr 08:00-12:00")


def test_two_admins_on_one_part_lose_neither_text(store: VersionStore) -> None:
    seen = digest_of_part(store.open_draft(NOW).value(NAME))
    store.edit(NAME, "Un", seen, "Léa", NOW)
    with pytest.raises(EditConflict, match="Léa") as conflict:
        store.edit(NAME, "Deux", seen, "Zoé", NOW)
    assert (conflict.value.theirs, conflict.value.who) == ("Un", "Léa")
    assert store.edit(NAME, "Un", seen, "Zoé", NOW) is None, "the same text is no conflict"
    store.edit(NAME, "Deux", digest_of_part("Un"), "Zoé", NOW)
    draft = store.draft()
    assert draft is not None
    assert [(edit.who, edit.before, edit.after) for edit in draft.edits] == [
        ("Léa", "Vauclair", "Un"),
        ("Zoé", "Un", "Deux"),
    ]


def test_edits_at_the_very_same_time_all_arrive(store: VersionStore) -> None:
    store.open_draft(NOW)

    def edit(number: int) -> None:
        part = Part("phrases.yaml", (f"phrase_{number}",))
        store.edit(part, f"texte {number}", digest_of_part(None), f"admin {number}", NOW)

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    draft = store.draft()
    assert draft is not None
    assert len(draft.source("phrases.yaml").value) == len(draft.edits) == 8


def test_nothing_new_is_not_published_nor_is_what_was_not_looked_at(store: VersionStore) -> None:
    with pytest.raises(NothingToPublish):
        store.publish("Léa", "", NOW)
    change(store, NAME, "Un")
    looked_at = content_digest(store.open_draft(NOW).content)
    change(store, NAME, "Deux", "Zoé")
    with pytest.raises(DraftMoved):
        store.publish("Léa", "", NOW, looked_at)
    change(store, NAME, "Vauclair")
    with pytest.raises(NothingToPublish):
        store.publish("Léa", "", NOW)


def test_what_was_published_meanwhile_is_joined_to_the_draft(store: VersionStore) -> None:
    change(store, NAME, "Un")
    store.publish("Léa", "", NOW)
    change(store, HOURS, "Mo 09:00-12:00")
    store.roll_back(1, "Zoé", "", NOW)
    store.publish("Léa", "", NOW)
    assert (heard(store), heard(store, HOURS)) == ("Vauclair", "Mo 09:00-12:00")


@pytest.mark.parametrize("theirs", [False, True])
def test_what_both_changed_is_asked_and_settled(store: VersionStore, theirs: bool) -> None:
    change(store, NAME, "Un")
    store.publish("Léa", "", NOW)
    change(store, NAME, "Deux")
    store.roll_back(1, "Zoé", "", NOW)
    with pytest.raises(MergeConflict, match="nom") as conflict:
        store.publish("Léa", "", NOW)
    (clash,) = conflict.value.clashes
    assert (clash.before, clash.mine, clash.theirs) == ("Un", "Deux", "Vauclair")
    store.settle(frozenset({clash.path}) if theirs else frozenset(), NOW)
    if theirs:
        with pytest.raises(NothingToPublish):
            store.publish("Léa", "", NOW)
    else:
        store.publish("Léa", "", NOW)
    assert heard(store) == ("Vauclair" if theirs else "Deux")


def test_a_publication_waits_for_its_date_and_other_changes_go_first(store: VersionStore) -> None:
    change(store, NAME, "Vauclair d'hiver")
    store.schedule("Léa", "pour l'hiver", LATER)
    assert store.draft() is None
    assert store.publish_due(NOW) is None
    change(store, HOURS, "Mo 09:00-12:00", "Zoé")
    with pytest.raises(AlreadyScheduled, match="25/11/2026"):
        store.schedule("Zoé", "", LATER)
    store.publish("Zoé", "urgent", NOW)
    assert heard(store) == "Vauclair"
    assert store.joined_due(NOW) is None
    assert store.publish_due(LATER) is None, "nobody has checked the two together"
    joined = store.joined_due(LATER)
    assert joined is not None
    store.note_check("of something else", "")
    assert store.publish_due(LATER) is None
    store.note_check(content_digest(joined), "")
    assert store.joined_due(LATER) is None
    number = store.publish_due(LATER)
    assert number is not None
    assert (heard(store), heard(store, HOURS)) == ("Vauclair d'hiver", "Mo 09:00-12:00")
    assert (store.version(number).kind, store.version(number).who) == ("prevue", "Léa")
    assert store.scheduled() is None


def test_a_planned_publication_that_clashes_is_told_and_can_be_taken_up_again(store: VersionStore) -> None:
    change(store, NAME, "Un")
    store.schedule("Léa", "", LATER)
    change(store, NAME, "Deux", "Zoé")
    store.publish("Zoé", "", NOW)
    assert store.publish_due(LATER) is None
    waiting = store.scheduled()
    assert waiting is not None
    assert "nom" in waiting.problem
    assert heard(store) == "Deux"
    store.unschedule()
    assert store.scheduled() is None
    draft = store.draft()
    assert draft is not None
    assert draft.value(NAME) == "Un"


def test_what_the_check_refuses_is_not_published_at_its_date(store: VersionStore) -> None:
    change(store, NAME, "Un")
    store.schedule("Léa", "", LATER)
    change(store, HOURS, "Mo 09:00-12:00", "Zoé")
    store.publish("Zoé", "", NOW)
    joined = store.joined_due(LATER)
    assert joined is not None
    store.note_check(content_digest(joined), "Mairie : trop long.")
    assert store.joined_due(LATER) is None
    assert store.publish_due(LATER) is None
    waiting = store.scheduled()
    assert waiting is not None
    assert waiting.problem == "Mairie : trop long."
    assert heard(store) == "Vauclair"


def test_what_was_planned_is_never_put_away_for_another_draft(store: VersionStore) -> None:
    change(store, NAME, "Un")
    store.schedule("Léa", "", LATER)
    change(store, HOURS, "Mo 09:00-12:00", "Zoé")
    with pytest.raises(DraftInTheWay, match="Un autre brouillon est en cours"):
        store.unschedule()
    assert store.scheduled() is not None
    draft = store.draft()
    assert draft is not None
    assert draft.value(HOURS) == "Mo 09:00-12:00"


@pytest.mark.parametrize("planned", [False, True])
def test_what_is_joined_to_a_draft_is_looked_at_before_it_is_published(
    store: VersionStore, planned: bool
) -> None:
    change(store, NAME, "Un")
    store.publish("Léa", "", NOW)
    change(store, HOURS, "Mo 09:00-12:00")
    store.roll_back(1, "Zoé", "", NOW)

    def go() -> None:
        seen = content_digest(store.open_draft(NOW).content)
        if planned:
            store.schedule("Léa", "", LATER, seen)
        else:
            store.publish("Léa", "", NOW, seen)

    with pytest.raises(DraftJoined, match="relisez-le"):
        go()
    assert (heard(store), heard(store, HOURS)) == ("Vauclair", "Mo-Fr 09:00-12:00")
    go()
    if planned:
        assert store.joined_due(LATER) is None
        store.publish_due(LATER)
    assert (heard(store), heard(store, HOURS)) == ("Vauclair", "Mo 09:00-12:00")


def test_files_changed_by_hand_are_a_version_of_their_own(store: VersionStore) -> None:
    change(store, HOURS, "Mo 09:00-12:00")
    store.publish("Léa", "", NOW)
    store.take_in_source(NOW)
    assert heard(store, HOURS) == "Mo 09:00-12:00", "an unchanged folder is not taken in again"
    (store.source / "commune.yaml").write_text(COMMUNE.replace("Vauclair", "Vauclair-Neuf"), encoding="utf-8")
    store.take_in_source(NOW)
    assert heard(store) == "Vauclair-Neuf"
    assert store.versions()[0].kind == "dossier"


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        "nom: un\nnom: deux\n",
        "nom: [un, deux\n",
        "- pas\n- de clés\n",
    ],
)
def test_a_file_that_is_no_plain_content_is_not_edited_and_the_published_one_is_untouched(
    store: VersionStore, text: str
) -> None:
    draft = store.open_draft(NOW)
    (draft.content / "commune.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ContentError):
        store.edit(NAME, "Un", digest_of_part("Vauclair"), "Léa", NOW)
    assert heard(store) == "Vauclair"


@pytest.mark.parametrize("file", ["../ailleurs.yaml", "/etc/passwd", "commune.txt", "a/b/c.yaml", ".x.yaml"])
def test_a_part_is_never_outside_the_content(store: VersionStore, file: str) -> None:
    with pytest.raises(VersionsError, match="n'est pas un fichier"):
        store.edit(Part(file, ("nom",)), "x", digest_of_part(None), "Léa", NOW)


def test_wherever_the_machine_stops_while_publishing_one_whole_version_is_heard(store: VersionStore) -> None:
    change(store, NAME, "avant")
    store.publish("Léa", "", NOW)
    nth, n_kills, seen = 1, 0, set()
    while True:
        after = f"après {nth}"
        before = str(heard(store))
        change(store, NAME, after)
        stopped = killed_at(nth, lambda: store.publish("Léa", "essai", NOW))
        number = store.in_service()
        assert number is not None
        assert store.content_of(number), "whole, by its digest"
        assert heard(store) in (before, after)
        seen.add(heard(store) == after)
        with store.writing():
            pass  # sets right what the stopped one left
        assert not list(store.root.rglob(".part-*"))
        assert len(store.versions()) == store.in_service()
        draft = store.draft()
        assert (draft is None) == (heard(store) == after), "the draft is there exactly until it is published"
        if not stopped:
            break
        if draft is not None:
            assert draft.value(NAME) == after, "and nothing of it is lost"
            store.discard_draft(NOW)
        nth, n_kills = nth + 1, n_kills + 1
    assert n_kills > 20
    assert seen == {False, True}


def test_an_edit_cut_short_by_a_power_cut_spoils_none_of_the_next(store: VersionStore) -> None:
    change(store, NAME, "un")
    draft = store.open_draft(NOW)
    with (draft.folder / "modifications.jsonl").open("ab") as file:
        file.write(b'{"file": "commune.ya')
    change(store, NAME, "deux")
    assert [each.after for each in draft.edits] == ["un", "deux"]


def test_wherever_the_machine_stops_while_editing_the_edit_is_known(store: VersionStore) -> None:
    nth = 1
    while True:
        seen = digest_of_part(store.open_draft(NOW).value(NAME))
        value = f"nom {nth}"
        stopped = killed_at(nth, lambda seen=seen, value=value: store.edit(NAME, value, seen, "Léa", NOW))  # type: ignore[misc]
        draft = store.open_draft(NOW)
        if draft.value(NAME) == value:
            assert draft.edits[-1].after == value
        assert heard(store) == "Vauclair"
        if not stopped:
            break
        nth += 1
    assert nth > 5
