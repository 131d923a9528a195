"""Short answers are understood whole or not at all: what has more to say is for a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.messages.answers import Answer, meaning
from callbacks.messages.inbound_proof import fields_of, is_genuine, read


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("OK", "ok"), ("ok!", "ok"), (" Oui, merci. ", "ok"), ("D'accord", "ok"), ("REPORT", "report"),
        ("Je voudrais reporter", "report"), ("Stop.", "stop"), ("ARRÊT", "stop"), ("Non merci", "non"),
        ("reprise", "reprise"), ("ok mais plus tard", None), ("non stop", None), ("", None), ("👍", None),
        ("je ne confirme pas", None), ("stop c'est trop tôt, appelez-moi", None),
    ],
)  # fmt: skip
def test_what_a_short_answer_means(text: str, answer: Answer | None) -> None:
    assert meaning(text) == answer


@given(st.text(max_size=40), st.sampled_from(["ok", "stop", "report"]))
def test_anything_more_than_the_word_is_for_a_person(more: str, word: str) -> None:
    said = meaning(f"{word} {more} demain")
    assert said is None


@given(st.text(max_size=30), st.binary(max_size=200))
def test_whatever_is_handed_over_is_read_or_refused(content_type: str, body: bytes) -> None:
    fields = fields_of(content_type, body) or {}
    handed = read(fields)
    assert handed is None or handed.sender
    assert not is_genuine("secret", {"authorization": content_type}, "http://x", body, fields)
