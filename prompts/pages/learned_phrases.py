"""The phrases that a town adds from its calls: the file « phrases/apprises.yaml » of its content. Pure."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

FILE = "phrases/apprises.yaml"
_MARKS = re.compile(r"[(){}|\s]+")
"""What means something in a phrase file, and what cannot stand in one line."""


def plain_line(text: str) -> str:
    """The sentence as one line without marks."""
    return _MARKS.sub(" ", text).strip()


def with_phrases(before: Mapping[str, Any], label: str, service: str, lines: Sequence[str]) -> str:
    """The file's text with these ways of asking for this, each once."""
    topics: dict[str, dict[str, list[str]]] = {}
    for topic in before.get("sujets", ()):
        kinds = topics.setdefault(topic.get("service", "aucun"), {})
        for name, text in topic.get("phrases", {}).items():
            kinds.setdefault(name, []).extend(str(text).splitlines())
    known = topics.setdefault(service, {}).setdefault(label, [])
    known += [line for line in lines if line not in known]
    out = ["sujets:"]
    for name, kinds in topics.items():
        out += [f"- service: {name}", "  phrases:"]
        for kind, said in kinds.items():
            # JSON's strings are YAML's: whatever a caller said stays text.
            out.append(f"    {kind}: {json.dumps(chr(10).join(said), ensure_ascii=False)}")
    return "\n".join(out) + "\n"
