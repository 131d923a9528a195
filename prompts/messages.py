"""What the schema found wrong, in plain French."""

from typing import Any

from pydantic_core import ErrorDetails

from prompts.fields import Content

_EXPECTED = {
    "string_type": "du texte est attendu",
    "int_type": "un nombre entier est attendu",
    "float_type": "un nombre est attendu",
    "bool_type": "« true » ou « false » est attendu",
    "tuple_type": "une liste est attendue (une ligne « - … » par élément)",
    "dict_type": "des lignes « clé: valeur » sont attendues",
    "model_type": "des lignes « clé: valeur » sont attendues",
    "too_short": "la liste est vide",
    "string_too_long": "le texte est trop long (600 caractères au plus)",
}


def in_french(detail: ErrorDetails, model: type[Content]) -> str:
    """One sentence: what is wrong and what was expected."""
    kind, key = detail["type"], str(detail["loc"][-1]) if detail["loc"] else ""
    context: dict[str, Any] = detail.get("ctx", {})
    where = _named(detail)
    if kind == "missing":
        return f"il manque « {key} »"
    if kind == "extra_forbidden":
        known = ", ".join(_aliases(model)) if len(detail["loc"]) == 1 else ""
        return f"la clé « {key} » est inconnue" + (f" ; possibles : {known}" if known else "")
    if kind == "value_error":
        return f"{where}{context['error']}"
    if kind == "literal_error":
        return f"{where}« {detail['input']} » n'est pas admis ; attendu : {_or(context['expected'])}"
    if kind == "string_pattern_mismatch":
        return f"{where}« {detail['input']} » n'a pas la forme attendue ({context['pattern']})"
    if kind in ("greater_than_equal", "less_than_equal", "greater_than"):
        return f"{where}« {detail['input']} » est hors limites"
    return f"{where}{_EXPECTED.get(kind, 'valeur inattendue')}"


def _named(detail: ErrorDetails) -> str:
    names = [str(part) for part in detail["loc"] if isinstance(part, str) and part != "[key]"]
    return f"{names[-1]} : " if names else ""


def _aliases(model: type[Content]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _or(expected: str) -> str:
    return expected.replace("'", "").replace(" or ", " ou ")
