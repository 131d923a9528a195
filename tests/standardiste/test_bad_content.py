"""What somebody may write into a town's files by mistake or malice: refused in words, at once, by the very
reading that a publication makes."""

from pathlib import Path

import pytest

from prompts.errors import ContentError
from standardiste.town import read_town
from tests.support.short_town import write_short_town

HOURS = "'Mo-Fr 09:00-12:00; PH off'"
BOMB = "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\nnom: [*c, *c]\n"
LOOP = "nom: &a\n  nom: *a\n"
QUESTION = "questions:\n  marche:\n    nom: {}\n    dites: [c'est quand]\n    reponse: {}\n"
SOURCE = "    source: {titre: le maire, verifie_le: 2026-11-02}\n    valable_jusquau: 2026-12-20\n"
ENGLISH = ("expected", "invalid", "Input", "should be", "Errno", "error", "not ")


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("phrases.yaml", BOMB, "renvois"),
        ("phrases.yaml", LOOP, "renvois"),
        ("phrases.yaml", "menu: un\nmenu: deux\n", "écrite deux fois"),
        ("phrases.yaml", 'menu: "<script>alert(1)</script>"\n', "sans balise : retirez « <script> »"),
        ("faq.yaml", QUESTION.format("le marché", "<b>Demain</b>.") + SOURCE, "sans balise"),
        ("faq.yaml", QUESTION.format("le marché", "Demain.") + SOURCE.replace("2026-12-20", "Noël"), "date"),
        ("commune.yaml", "Mo-Fr 25:00-26:00", "ne se lit pas"),
        ("commune.yaml", "lundi de 8 h à 12 h", "ne se lit pas"),
        ("commune.yaml", "Mo-Fr 08:30-", "ne se lit pas"),
        ("messages.yaml", 'regles: {silence_de: "25:00"}\n', "n'est pas une heure"),
        ("messages.yaml", "regles: {silence_de: 8h}\n", "n'est pas une heure"),
        ("menu.yaml", 'touches: {"4": {demande: horaires}}\n', "4"),
        ("menu.yaml", 'touches: {"5": {demande: horaires, question: marche}}\n', "pas aux deux"),
        ("rues.yaml", "rues: [rue du Puits]\nautres_noms: {rue du Bac: [le bac]}\n", "ni une rue ni un lieu"),
        ("prononciations.yaml", 'mots: {"!": point}\n', "un mot ou un nom est attendu"),
        ("variantes.yaml", "variantes: {au_revoir: [Salut.]}\n", "au_revoir"),
    ],
)
def test_what_cannot_be_is_refused_with_its_file_its_line_and_a_french_sentence(
    tmp_path: Path, file: str, text: str, said: str
) -> None:
    town = write_short_town(tmp_path)
    if file == "commune.yaml":
        commune = (town / file).read_text("utf-8")
        text = commune.replace(HOURS, f"'{text}'", 1)
    (town / file).write_text(text, "utf-8")
    with pytest.raises(ContentError) as caught:
        read_town(town)
    first = caught.value.problems[0]
    assert first.file == file
    assert first.line >= 1
    assert said in str(caught.value)
    assert not [word for word in ENGLISH if word in str(caught.value)]
