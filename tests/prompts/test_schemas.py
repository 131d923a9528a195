"""The schemas that editors use agree with every file that ships."""

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from prompts.load import BASE, DEMO_TOWN
from prompts.schemas import schemas
from prompts.yaml_source import read_yaml

SCHEMAS = dict(schemas())
SHIPPED = [*BASE.glob("*.yaml"), *(BASE / "demarches").glob("*.yaml"), *DEMO_TOWN.glob("*.yaml")]


def as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_json(part) for key, part in value.items()}
    return [as_json(part) for part in value] if isinstance(value, tuple) else value


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_shipped_file_has_the_shape_that_editors_are_told(file: Path) -> None:
    schema = SCHEMAS["demarches.json" if file.parent.name == "demarches" else f"{file.stem}.json"]
    jsonschema_rs.validate(schema, as_json(read_yaml(file, file.name).value))


def test_the_town_s_test_calls_have_a_schema_too() -> None:
    call = {
        "nom": "la date du marché", "le": "2026-11-24T10:00",
        "tours": [{"dit": "c'est quand le marché", "attendu": ["12 décembre", ["16 h", "seize heures"]]},
                  {"touches": "0", "interdit": ["je n'ai pas compris"]}, {"silence": 8}],
    }  # fmt: skip
    assert jsonschema_rs.is_valid(SCHEMAS["essais.json"], {"appels": [call]})
    assert not jsonschema_rs.is_valid(SCHEMAS["essais.json"], {"appels": [{**call, "tours": []}]})
    assert not jsonschema_rs.is_valid(SCHEMAS["essais.json"], {"appels": [{**call, "heure": "10:00"}]})


def test_an_unknown_key_is_underlined() -> None:
    assert not jsonschema_rs.is_valid(SCHEMAS["phrases.json"], {"salut": "bonjour"})
    assert not jsonschema_rs.is_valid(SCHEMAS["demarches.json"], {"fiches": [{"couts": "gratuit"}]})
    assert jsonschema_rs.is_valid(
        SCHEMAS["demarches.json"], {"fiches": [{"cout": "La démarche est gratuite."}]}
    )
