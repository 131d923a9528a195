"""The verbs without sound: `understand`, `converse`, `hours`, `check`. JSON Lines in, JSON Lines out."""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from callbacks.journal import Journal
from dialog.errors import DialogError
from dialog.hours import HoursQuery, evaluate
from dialog.meaning import Understanding
from dialog.understanding import understand
from prompts.content import Town
from prompts.labels import Expects
from standardiste.records_opening import journal_path
from standardiste.settings import Settings
from standardiste.town import KNOWN_YEARS, read_town, town_now
from standardiste.written_call import WrittenCall

Json = dict[str, Any]
MAX_LINE = 100_000


class BadLine(ValueError):
    """This line of input cannot be used; the message says why, in French."""


def run_understand(args: argparse.Namespace, settings: Settings) -> int:
    """Reads sentences, writes what was understood of each."""
    town = read_town(settings.commune_dir)
    now = town_now(args.now, town)
    return _answer_each(sys.stdin, lambda line: understood_line(town, line, now))


def run_hours(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001
    """Reads questions to the opening-hours engine, writes its answers."""
    return _answer_each(sys.stdin, hours_line)


def run_converse(args: argparse.Namespace, settings: Settings) -> int:
    """Plays a whole call in text, turn by turn."""
    town = read_town(settings.commune_dir)
    call = WrittenCall(
        town,
        town_now(args.now, town),
        args.caller,
        settings.database_url,
        Journal(journal_path(settings)),
    )
    for answer in converse_lines(call, sys.stdin):
        _write(answer)
    return 0


def converse_lines(call: WrittenCall, lines: Iterable[str]) -> Iterator[Json]:
    """What `converse` writes for these input lines, as they come."""
    yield from call.begin()
    for line in lines:
        if call.ended:
            return
        if not line.strip():
            continue
        try:
            given = _object(line)
            answers = list(call.turn(given))
        except ValueError as error:
            yield {"error": str(error)}
            continue
        yield from answers
    if not call.ended:
        yield from call.hang_up()


def understood_line(town: Town, line: str, now: datetime) -> Json:
    """The answer to one line of `understand`."""
    given = _object(line)
    text = _text(given, "text")
    tz = _zone(given["tz"]) if given.get("tz") is not None else town.tz
    at = _moment(given["now"], tz) if given.get("now") is not None else now
    expects = given.get("expects")
    if expects is not None and expects not in get_args(Expects):
        raise BadLine(f"« expects » vaut {expects!r} ; attendu : null ou {', '.join(get_args(Expects))}")
    return as_json(understand(text, at, tz, expects, town))


def as_json(found: Understanding) -> Json:
    """The public shape of what was understood; more keys where there is more to say."""
    shown: Json = {
        "intent": found.intent,
        "service": found.service,
        "confidence": found.confidence,
        "decision": found.decision,
        "alternatives": [
            {"intent": other.intent, "service": other.service, "confidence": other.confidence}
            for other in found.alternatives
        ],
        "entities": [entity.as_json() for entity in found.entities],
    }
    if found.parts:
        shown["parts"] = [_part_json(part) for part in found.parts]
    for key, value in (
        ("faq", found.faq),
        ("danger", found.danger),
        ("sensitive", found.sensitive),
        ("language", found.language),
        ("signals", sorted(found.signals)),
    ):
        if value:
            shown[key] = value
    return shown


def _part_json(part: Understanding) -> Json:
    return {
        "intent": part.intent,
        "service": part.service,
        "confidence": part.confidence,
        "entities": [entity.as_json() for entity in part.entities],
    }


def hours_line(line: str) -> Json:
    """The answer to one line of `hours`."""
    given = _object(line)
    tz = _zone(_text(given, "tz"))
    subdivision, country = given.get("subdivision"), given.get("country", "FR")
    if subdivision is not None and not isinstance(subdivision, str):
        raise BadLine("« subdivision » doit être un code de département entre guillemets, ou null")
    if country is not None and not isinstance(country, str):
        raise BadLine("« country » doit être un code de pays entre guillemets, ou null")
    closures = given.get("closures") or []
    if not isinstance(closures, list) or any(not isinstance(c, list) or len(c) != 2 for c in closures):
        raise BadLine("« closures » doit être une liste de couples [début, fin]")
    answer = evaluate(
        HoursQuery(
            expression=_text(given, "oh"),
            tz=tz,
            at=_moment(given.get("query"), tz),
            country=country,
            subdivision=subdivision,
            closures=tuple((_moment(start, tz), _moment(end, tz)) for start, end in closures),
        )
    )
    change = answer.next_change.isoformat() if answer.next_change else None
    return {"open": answer.open, "next_change": change}


def _answer_each(lines: Iterable[str], answer: Callable[[str], Json]) -> int:
    for line in lines:
        if not line.strip():
            continue
        try:
            _write(answer(line))
        except (BadLine, DialogError) as error:
            _write({"error": str(error)})
    return 0


def _write(answer: Json) -> None:
    """One line, at once: whoever reads us may wait for it before writing the next."""
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _object(line: str) -> Json:
    if len(line) > MAX_LINE:
        raise BadLine("ligne trop longue")
    try:
        given = json.loads(line)
        json.dumps(given, ensure_ascii=False).encode()  # half a character (\ud800 alone) is no text
    except (ValueError, RecursionError) as error:
        raise BadLine("la ligne n'est pas du JSON") from error
    if not isinstance(given, dict):
        raise BadLine("la ligne doit être un objet JSON, entre accolades")
    return given


def _text(given: Json, key: str) -> str:
    value = given.get(key)
    if not isinstance(value, str):
        raise BadLine(f"« {key} » manque ou n'est pas du texte")
    return value


def _zone(name: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadLine(f"le fuseau « {name} » est inconnu ; attendu : Europe/Paris") from error


def _moment(value: object, tz: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None:
        raise BadLine(f"« {value} » n'est pas une date avec heure ; attendu : 2026-11-24T10:00:00-04:00")
    if moment.year not in KNOWN_YEARS:
        raise BadLine(f"« {value} » est trop loin : années 1900 à 2199")
    return moment.replace(tzinfo=tz) if moment.tzinfo is None else moment
