"""Marks an answer of `understand` against the examination (rules: README.md)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tests.dialog.exam.exam import ExpectedEntity, Label, Sentence, Utterance

ANSWER = frozenset(
    ("horaires", "adresse_contact", "pieces", "eligibilite", "cout_delai", "demarche_info", "suivi_dossier")
)
HANDOVER = frozenset(("humain", "rappel", "decision", "sensible", "insulte", "langue"))
ELSEWHERE = frozenset(("hors_mairie", "autre_commune"))

DATE_TYPES = frozenset(("date", "time", "birth_date"))
VALUE_TYPES = frozenset(
    (
        "phone",
        "dossier",
        "reference",
        "name",
        "place",
        "age",
        "amount",
        "birth_date",
        "postcode",
        "count",
        "email",
    )
)
# One more of these in a sentence about something else is no mistake: « devant l'école » may well be a place.
LOOSE_TYPES = frozenset(("name", "place", "count"))


def decision_of(label: Label) -> str:
    """The decision that a sure label calls for, by the table of the interfaces."""
    intent, service = label
    if intent == "urgence":
        return "emergency"
    if intent in HANDOVER:
        return "handover"
    if intent in ("hors_sujet", "conseil_juridique") or (service in ELSEWHERE and intent != "multi"):
        return "refuse_redirect"
    if intent in ANSWER:
        return "answer"
    if intent in ("incompris", "salutation"):
        return "ask"
    return "continue"


def label_is_right(sentence: Sentence, intent: str, service: str) -> bool:
    """Whether intent and service are both right; of an emergency only the intent counts."""
    if sentence.decision == "emergency" and intent == "urgence":
        return True
    return (intent, service) in (sentence.label, *sentence.also)


def decision_is_right(sentence: Sentence, decision: str) -> bool:
    """Whether the decision is right; for an emergency nothing but `emergency` is."""
    if sentence.decision == "emergency":
        return decision == "emergency"
    others = {decision_of(label) for label in sentence.also} - {"emergency"}
    return decision in {sentence.decision, *sentence.also_decisions, *others}


def parts_are_right(sentence: Sentence, parts: Sequence[Label]) -> bool:
    """Whether two requests were both kept, in spoken order."""
    return tuple(parts) == sentence.parts


def entity_is_right(expected: ExpectedEntity, got: Mapping[str, Any]) -> bool:
    """Whether one entity of an answer is the expected one; `ambiguous` is for the caller to count apart."""
    if got["type"] != expected.type:
        return False
    if expected.valid is False and expected.value is None:
        return got.get("valid") is False
    if expected.e164 is not None and got.get("e164") != expected.e164:
        return False
    value = got["value"]
    if expected.grain is not None and got.get("grain") != expected.grain and "T" not in str(value):
        return False
    if expected.must_contain:
        heard = f" {_plain(str(value))} "
        return all(_contains_one(heard, words.split("|")) for words in expected.must_contain)
    if expected.within is not None and _starts_within(str(value), expected.within):
        return True
    if expected.type == "name":
        return _plain(str(value)) in {_plain(str(name)) for name in (expected.value, *expected.also)}
    return value in (expected.value, *expected.also)


def entities_are_right(utterance: Utterance, got: Sequence[Mapping[str, Any]], types: frozenset[str]) -> bool:
    """Whether every value said was found and none made up, looking only at entities of these `types`."""
    left = [one for one in utterance.entities if one.type in types]
    for entity in got:
        if entity["type"] not in types:
            continue
        match = next((one for one in left if entity_is_right(one, entity)), None)
        if match is not None:
            left.remove(match)
        elif entity["type"] not in LOOSE_TYPES or entity["type"] == utterance.expects:
            return False
    return all(one.optional for one in left)


def _contains_one(heard: str, words: Sequence[str]) -> bool:
    return any(f" {_plain(word)} " in heard for word in words)


def _starts_within(value: str, within: tuple[datetime, datetime]) -> bool:
    start = value.split("/")[0]
    try:
        moment = datetime.fromisoformat(start)
    except ValueError:
        return False
    return within[0] <= moment < within[1]


def _plain(text: str) -> str:
    """Lower case without accents; hyphens, apostrophes and other marks become spaces."""
    folded = unicodedata.normalize("NFD", text.casefold())
    kept = "".join(
        letter if letter.isalnum() else " " for letter in folded if not unicodedata.combining(letter)
    )
    return " ".join(kept.split())
