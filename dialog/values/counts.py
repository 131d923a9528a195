"""Counts of persons or papers: « pour deux personnes », « nous sommes quatre », « en trois exemplaires »."""

import re

from dialog.entities import Entity
from dialog.values.when import Placed
from dialog.values.words import Line

_THINGS = (
    "personnes|adultes|enfants|exemplaires|copies|photocopies|extraits|actes|places|invites|convives|chaises|tables"
    "|participants|temoins|gamins|cartes|passeports|dossiers|titres|demandes|attestations|certificats|documents"
    "|photos|bacs|sacs|poubelles|repas|inscriptions|logements|pieces|feuilles|rendez vous|creneaux"
    "|mineurs|majeurs"
    "|cartons|encombrants|matelas|arbres|lampadaires|chiens|chats|fois"
)
_COUNT = re.compile(
    rf"\b(?P<count>\d{{1,4}})(?: (?:petits|petites|jeunes|grands|autres|nouvelles|nouveaux"
    rf"|cartes d identite|beaux))? (?:{_THINGS})\b"
    r"|\b(?:nous|on) (?:sommes|est|sera|serons|serait|viendra|viendrons"
    r"|vient) (?:a )?(?P<we>\d{1,3})\b(?! (?:heures|rue|euros))"
    r"|\b(?:ils|elles) (?:sont|seront) (?P<they>\d{1,3})\b(?! heures)"
)
_ALONE = re.compile(r"\b(?P<count>\d{1,4}|un|une)\b")
_NOBODY_ELSE = re.compile(
    r"\b(?:que moi|tout seul|toute seule|seulement moi|juste moi|moi seul|moi seule|seule?)\b"
)
_TWO = re.compile(r"\b(?:(?:mon|ma) (?:mari|femme|epoux|epouse|conjointe?|compagne|compagnon|fils|fille"
    r"|mere|pere)"
                  r" et moi|tous les deux|toutes les deux|un couple|en couple"
                  r"|moi et (?:mon|ma) \w+)\b")  # fmt: skip
_DOZENS = re.compile(r"\b(?:une )?(?P<dozens>dizaine|douzaine|vingtaine|trentaine|quarantaine"
    r"|cinquantaine|soixantaine"
                     r"|centaine|quinzaine)\b(?! de jours)")  # fmt: skip
_PARTY = re.compile(
    r"\b(?:nous|on) (?:sommes|est|sera|serons|serait|viendra|viendrons) (?:environ "
    r"|a peu pres )?une (?P<dozens>dizaine"
    r"|douzaine|vingtaine|trentaine|quarantaine|cinquantaine|soixantaine|centaine|quinzaine)\b"
)
_ABOUT = {"dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40,
          "cinquantaine": 50, "soixantaine": 60, "centaine": 100}  # fmt: skip


def counts_in(line: Line, awaited: bool) -> list[Placed]:
    """How many, in spoken order."""
    found = [
        _placed(line, match.span(), match["count"] or match["we"] or match["they"])
        for match in _COUNT.finditer(line.text)
    ]
    if not found and (party := _PARTY.search(line.text)):
        found = [_placed(line, party.span("dozens"), str(_ABOUT[party["dozens"]]), ambiguous=True)]
    if found or not awaited:
        return found
    if two := _TWO.search(line.text):
        return [_placed(line, two.span(), "2")]
    if about := _DOZENS.search(line.text):
        return [_placed(line, about.span(), str(_ABOUT[about["dozens"]]), ambiguous=True)]
    if alone := _ALONE.search(line.text):
        count = alone["count"]
        return [_placed(line, alone.span(), "1" if count.startswith("un") else count)]
    if nobody := _NOBODY_ELSE.search(line.text):
        return [_placed(line, nobody.span(), "1")]
    return []


def _placed(line: Line, span: tuple[int, int], value: str, *, ambiguous: bool = False) -> Placed:
    entity = Entity("count", line.said(*span), str(int(value)), ambiguous=ambiguous)
    return Placed(*line.place(*span), entity)
