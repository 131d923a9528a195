"""A town whose agent says little: calls are heard at real time."""

from datetime import datetime
from pathlib import Path

from prompts.load import load_town
from standardiste.written_call import WrittenCall

NOW = "2026-11-24T10:00"
"""A Tuesday on which everything is open until noon."""

COMMUNE = """
nom: Vauclair
departement: '35'
fuseau: Europe/Paris
accueil: {adresse: 3 rue du Four, telephone: '+33299000000', courriel: mairie@vauclair.example}
lieux:
  mairie: {nom: la mairie, horaire: 'Mo-Fr 09:00-12:00; PH off'}
  decheterie: {nom: la déchèterie, horaire: 'Mo-Sa 08:00-18:00; PH off'}
  cimetiere: {nom: le cimetière, horaire: 'Mo-Su 07:00-19:00', garde_ses_horaires: true}
  mediatheque: {nom: la médiathèque, horaire: 'Tu-Sa 09:00-17:00; PH off'}
transferts:
  accueil: {nom: l'accueil, horaires: mairie}
services:
  dechets: {horaires: decheterie}
  cimetiere: {horaires: cimetiere}
  culture_sport: {horaires: mediatheque}
"""
SENTENCES = """
accueil_mention: "Mairie de {commune}, assistant automatique."
accueil_invitation: "Parlez, ou tapez 1 ou 2."
autre_chose: "Autre chose ?"
"""


def write_short_town(folder: Path) -> Path:
    """The town's folder, written into this one."""
    (folder / "commune.yaml").write_text(COMMUNE, encoding="utf-8")
    (folder / "phrases.yaml").write_text(SENTENCES, encoding="utf-8")
    return folder


def written(folder: Path, *turns: dict[str, object]) -> list[list[str]]:
    """What the agent says in the same call in text: the greeting's sentences, then each turn's."""
    town = load_town(folder)
    now = datetime.fromisoformat(NOW).replace(tzinfo=town.tz)
    call = WrittenCall(town, now, caller=None)
    lines = [list(call.begin()), *(list(call.turn(turn)) for turn in turns)]
    return [[line["agent"] for line in said if "agent" in line] for said in lines]
