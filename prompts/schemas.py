"""JSON Schemas of the content's files, for editors: keys are offered and explained while one types.

What a file leaves out is taken from the shipped content, so nothing is required of those that have one.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from prompts.announcements import ReadyAnnouncements
from prompts.content import Commune, Comprehension, DemoRecords, Listening
from prompts.faq import Faq
from prompts.menu import Menu
from prompts.phrasebook import PhraseFile
from prompts.procedures import Procedure, ProcedureWords
from prompts.pronunciations import PronunciationBook
from prompts.recordings import RecordingBook
from prompts.sentences import Sentences
from prompts.sentences_booking import BookingSentences
from prompts.sentences_messages import MessageSentences
from prompts.sentences_requests import RequestSentences
from prompts.streets import Streets
from prompts.trial_calls import TrialFile
from prompts.turn_taking import TurnTaking
from prompts.variants import Variants

FOLDER = ".schemas"
"""In a town's folder; hidden, so it is no part of the content."""

WHOLE: Mapping[str, type[BaseModel]] = {
    "commune": Commune,
    "demonstration": DemoRecords,
    "phrases/": PhraseFile,
    "essais/": TrialFile,
}
"""Files that stand alone, by their name without « .yaml »; a name with « / » stands for a folder of them."""
COMPLETED: Mapping[str, type[BaseModel]] = {
    "phrases": Sentences,
    "rendez_vous": BookingSentences,
    "messages": MessageSentences,
    "demandes": RequestSentences,
    "comprehension": Comprehension,
    "ecoute": Listening,
    "reponses": ProcedureWords,
    "annonces": ReadyAnnouncements,
    "tours_de_parole": TurnTaking,
    "faq": Faq,
    "menu": Menu,
    "variantes": Variants,
    "prononciations": PronunciationBook,
    "rues": Streets,
    "enregistrements": RecordingBook,
    "demarches/": Procedure,
}
"""Files that the shipped content completes."""

_AS_TEXT = {
    "_moment": "2026-12-24T12:00",
    "_zone": "Europe/Paris",
    "_lines": "une phrase par ligne, sous « | »",
    "_time_of_day": '"20:00"',
}


class _ForEditors(GenerateJsonSchema):
    """As a file may be written, before our own readers of dates, lists and zones have seen it."""

    def is_instance_schema(self, schema: core_schema.IsInstanceSchema) -> JsonSchemaValue:  # noqa: ARG002
        return {}

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        inner = self.generate_inner(schema["schema"])
        name = getattr(schema["function"]["function"], "__name__", "")
        if name in _AS_TEXT:
            return {"type": "string", "description": f"comme {_AS_TEXT[name]}"}
        if name == "_values":
            return {"type": ["string", "integer"], "description": "15 à 17, 18 ou plus, 14 ou moins…"}
        if name == "_one_or_many":
            return {"anyOf": [inner, inner.get("items", {})]}
        if name == "_by_question":
            one = {"type": "string"}
            many = {"anyOf": [one, {"type": "array", "items": one}]}
            return {"type": "object", "additionalProperties": many}
        if name == "_from_text":
            return {"anyOf": [inner, {"type": "string"}]}
        return inner


def schemas() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each schema by the name of its file: « commune.json », « demarches.json »…"""
    for name, model in (*WHOLE.items(), *COMPLETED.items()):
        schema = model.model_json_schema(by_alias=True, schema_generator=_ForEditors)
        if name in COMPLETED:
            schema = _nothing_required(schema)
        for part in schema.get("$defs", {}).values():
            if "anyOf" in part:  # pydantic closes the whole of it where only the object is closed
                part.pop("additionalProperties", None)
        schema["$schema"] = "http://json-schema.org/draft-07/schema#"
        schema["title"] = f"{name}*.yaml" if name.endswith("/") else f"{name}.yaml"
        yield f"{schema_name(name)}.json", schema


def schema_name(file: str) -> str:
    """« phrases/ », the folder, is « phrases-apprises »: « phrases.yaml » holds the sentences said."""
    return {"phrases/": "phrases-apprises"}.get(file, file.rstrip("/"))


def write_schemas(folder: Path) -> tuple[Path, ...]:
    """Writes them beside a town's content; the files written."""
    target = folder / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in schemas():
        file = target / name
        file.write_text(json.dumps(schema, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        written.append(file)
    return tuple(written)


def _nothing_required(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {
            key: _nothing_required(value)
            for key, value in schema.items()
            if not (key == "required" and isinstance(value, list))
        }
    if isinstance(schema, list):
        return [_nothing_required(one) for one in schema]
    return schema
