"""No sentence of the content is there for nothing: each is said somewhere in the dialogue or around it."""

import re
from pathlib import Path

import pytest

from prompts.procedures import ProcedureSentences
from prompts.sentences import Sentences
from prompts.sentences_booking import BookingSentences
from prompts.sentences_requests import RequestSentences

ROOT = Path(__file__).parents[2]
CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for room in ("dialog", "telephony", "standardiste", "callbacks", "speech")
    for path in sorted((ROOT / room).rglob("*.py"))
    if "proof" not in path.parts
)


@pytest.mark.parametrize(
    "model", [Sentences, BookingSentences, RequestSentences, ProcedureSentences], ids=lambda one: one.__name__
)
def test_every_sentence_of_the_content_is_said(
    model: type[Sentences | BookingSentences | RequestSentences | ProcedureSentences],
) -> None:
    unsaid = [
        name
        for name in model.model_fields
        if not re.search(rf"\b(?:words|sentences|booking|requests)\.{name}\b", CODE)
    ]
    assert unsaid == []
