"""Fiches of service-public become drafts of démarches: questions and documents, for a person to approve."""

import tracemalloc
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prompts.annuaire import UnusableImport
from prompts.blanks import BLANK
from prompts.comarquage import read_publication
from prompts.comarquage_draft import DraftProcedure, draft_of
from prompts.errors import ContentError
from prompts.load import load_town
from prompts.new_town import make_town
from prompts.yaml_source import parse_yaml
from tests.support.examples import tries

FORBIDDEN = "".join(map(chr, {*range(32)} - {9, 10, 13})) + "\ufffe\uffff"
"""By XML 1.0 §2.2."""
HEAD = (
    '<Publication xmlns:dc="http://purl.org/dc/elements/1.1/" ID="F9876" '
    'spUrl="https://www.service-public.gouv.fr/particuliers/vosdroits/F9876">'
    "<dc:title>Carte de pêche en rivière</dc:title><dc:date>modified 2026-01-09</dc:date>"
)


def item(text: str) -> str:
    return f"<Item><Paragraphe>{text}</Paragraphe></Item>"


def case(title: str, *inside: str) -> str:
    return f"<Cas><Titre><Paragraphe>{title}</Paragraphe></Titre>{''.join(inside)}</Cas>"


def chapter(title: str, *inside: str) -> str:
    return f"<Chapitre><Titre><Paragraphe>{title}</Paragraphe></Titre>{''.join(inside)}</Chapitre>"


BODY = (
    "<ListeSituations affichage='onglet'>"
    "<Situation><Titre>En rivière</Titre><Texte>"
    + chapter(
        "Documents à fournir",
        "<Liste>", item("Photo <MiseEnEvidence>de moins de 6 mois</MiseEnEvidence>,  récente"), "</Liste>",
        "<BlocCas affichage='radio'>",
        case("Vous êtes majeur", "<Liste>", item("Pièce d'identité"), "</Liste>"),
        case("Vous êtes mineur", "<Liste>", item("Autorisation d'un parent"), "</Liste>"),
        "</BlocCas>",
    )
    + chapter("Coût", "<Paragraphe>La carte coûte <Valeur>12 €</Valeur>.</Paragraphe>")
    + chapter("Où s'adresser ?", "<Liste>", item("Mairie"), "</Liste>")
    + "</Texte></Situation>"
    "<Situation><Titre>En mer</Titre><Texte><Paragraphe>Aucune carte n'est nécessaire.</Paragraphe></Texte>"
    "</Situation></ListeSituations>"
)  # fmt: skip


def drafted(folder: Path, xml: str) -> DraftProcedure:
    file = folder / "fiche.xml"
    file.write_text(xml, encoding="utf-8")
    return draft_of(read_publication(file))


def test_situations_and_cases_become_questions_and_lists_documents(tmp_path: Path) -> None:
    draft = drafted(tmp_path, f"{HEAD}{BODY}</Publication>")
    value = parse_yaml(draft.yaml.encode(), "brouillon").value
    names = [[answer["nom"] for answer in question["reponses"]] for question in value["questions"]]
    assert names == [["En rivière", "En mer"], ["Vous êtes majeur", "Vous êtes mineur"]]
    items = [one["texte"] for one in value["fiches"][0]["pieces"]]
    assert items == ["Photo de moins de 6 mois, récente", "Pièce d'identité", "Autorisation d'un parent"]
    first, second = value["questions"]
    assert value["fiches"][0]["pieces"][1]["si"] == {
        first["cle"]: first["reponses"][0]["cle"],
        second["cle"]: second["reponses"][0]["cle"],
    }
    assert value["fiches"][0]["cout"][0]["texte"] == "La carte coûte 12 €."
    assert value["source"]["verifie_le"] == "2026-01-09"
    assert value["valable_jusquau"].startswith(BLANK)


def test_a_draft_is_not_spoken_before_a_person_completes_it(tmp_path: Path) -> None:
    town = tmp_path / "ville"
    make_town(town)
    (town / "brouillons").mkdir()
    draft = drafted(tmp_path, f"{HEAD}{BODY}</Publication>")
    (town / "brouillons" / "F9876.yaml").write_text(draft.yaml, "utf-8")
    with pytest.raises(ContentError) as caught:
        load_town(town)
    assert not any("F9876" in problem.file for problem in caught.value.problems)
    (town / "demarches").mkdir()
    (town / "demarches" / "peche.yaml").write_text(draft.yaml, "utf-8")
    with pytest.raises(ContentError) as caught:
        load_town(town)
    left = [problem.message for problem in caught.value.problems if problem.file == "demarches/peche.yaml"]
    assert len(left) == 2
    assert all(message.startswith("à remplir : ") for message in left)


def test_what_cannot_be_heard_or_placed_is_flagged(tmp_path: Path) -> None:
    table = "<Tableau><Rangée><Cellule>10 €</Cellule></Rangée></Tableau>"
    body = chapter("Pièces", "<Liste>", item("très " * 60 + "long"), "</Liste>", table)
    flags = drafted(tmp_path, f"{HEAD}{body}</Publication>").flags
    assert [flag.split(" ")[:2] for flag in flags] == [["trop", "long"], ["un", "tableau"]]
    assert drafted(tmp_path, f"{HEAD}</Publication>").flags == ("aucune liste de documents n'a été trouvée",)


def test_braces_and_quotes_of_a_fiche_are_only_text(tmp_path: Path) -> None:
    body = chapter("Pièces", "<Liste>", item('un « acte » {commune} "x" : # &amp; y'), "</Liste>")
    value = parse_yaml(drafted(tmp_path, f"{HEAD}{body}</Publication>").yaml.encode(), "b").value
    assert value["fiches"][0]["pieces"][0]["texte"] == 'un « acte » (commune) "x" : # & y'


@pytest.mark.parametrize(
    ("xml", "said"),
    [
        ("", "mal formé"),
        ("<Publication", "mal formé"),
        (f"{HEAD}<Texte></Publication>", "mal formé"),
        ("<html/>", "n'est pas une fiche"),
        ('<Publication ID="F1"/>', "pas de titre"),
        ('<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><Publication>&d;</Publication>', "entité"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><Publication/>', "entité"),
        ("<Publication>&inconnue;</Publication>", "mal formé"),
        ("<a>" * 5000, "trop profond"),
    ],
)
def test_a_bad_fiche_is_refused_in_plain_french(tmp_path: Path, xml: str, said: str) -> None:
    with pytest.raises(UnusableImport, match=said):
        drafted(tmp_path, xml)


XML_TEXT = st.text(st.characters(codec="utf-8", exclude_characters=FORBIDDEN), max_size=60)


@settings(max_examples=tries(60), deadline=None)
@given(st.lists(XML_TEXT, min_size=1, max_size=4), XML_TEXT)
def test_whatever_a_fiche_says_its_draft_can_be_read(
    tmp_path_factory: pytest.TempPathFactory, items: list[str], title: str
) -> None:
    listed = "".join(item(escape(text)) for text in items)
    cases = case(escape(title), "<Liste>", listed, "</Liste>") + case("b", "<Liste>", item("x"), "</Liste>")
    body = chapter("Documents", "<BlocCas>", cases, "</BlocCas>")
    folder = tmp_path_factory.mktemp("fiches")
    draft = drafted(folder, f"{HEAD}{body}</Publication>")
    value = parse_yaml(draft.yaml.encode(), "brouillon").value
    assert value["nom"] == "Carte de pêche en rivière"


@settings(max_examples=tries(60), deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.mktemp("fiches") / "f.xml"
    file.write_bytes(data)
    with pytest.raises(UnusableImport):
        draft_of(read_publication(file))


def test_a_hundred_megabytes_are_refused_in_little_memory(tmp_path: Path) -> None:
    file = tmp_path / "zip.xml"
    with file.open("wb") as out:
        out.write(HEAD.encode())
        out.truncate(100_000_000)
    tracemalloc.start()
    with pytest.raises(UnusableImport, match="dépasse"):
        read_publication(file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000
