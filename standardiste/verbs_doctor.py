"""`standardiste doctor`: looks at an installation, and says how to mend what is wrong."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime

from prompts.errors import ContentError
from standardiste.doctor import Check, Finding, Patient, State, bad, examined, good
from standardiste.doctor_machine import (
    check_clock,
    check_libraries,
    check_machine,
    check_pages,
    check_python,
)
from standardiste.doctor_network import check_asterisk, check_certificates, check_messages, check_port
from standardiste.doctor_recording import check_recording
from standardiste.doctor_records import (
    check_backups,
    check_database,
    check_journal,
    check_secrets,
    check_voicemail,
)
from standardiste.doctor_speech import check_models, check_speech
from standardiste.doctor_town import check_content, check_facts
from standardiste.errors import Unusable
from standardiste.json_lines import print_line
from standardiste.settings import read_settings
from standardiste.town import read_town

CHECKS: tuple[Check, ...] = (
    check_python, check_libraries, check_machine, check_clock, check_pages, check_secrets, check_content,
    check_facts, check_database, check_journal, check_backups, check_models, check_speech, check_port,
    check_asterisk, check_voicemail, check_recording, check_certificates, check_messages,
)  # fmt: skip


def run_doctor(args: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """0 where calls can be served, 1 where something must be mended first."""
    return asyncio.run(_doctor(args, environ))


async def _doctor(args: argparse.Namespace, environ: Mapping[str, str]) -> int:
    wrong = 0
    async for finding in findings(args, environ):
        wrong += finding.state is State.BAD
        if args.json:
            print_line(finding.to_json())
        else:
            print(finding.to_text(), flush=True)
    if not args.json:
        print(f"\n{_verdict(wrong)}", flush=True)
    return 1 if wrong else 0


def _verdict(wrong: int) -> str:
    if not wrong:
        return "Tout ce qu'il faut pour servir les appels est en ordre."
    return f"{wrong} point{'s' if wrong > 1 else ''} à mettre en ordre (✗)."


async def findings(args: argparse.Namespace, environ: Mapping[str, str]) -> AsyncIterator[Finding]:
    """All that is found; without usable settings, nothing else can be looked at."""
    try:
        settings = read_settings(environ, args)
    except Unusable as error:
        yield bad(
            "Réglages", str(error), "Corriger cette variable ; les autres points n'ont pas été examinés."
        )
        return
    yield good("Réglages", "lus")
    now: datetime = args.now or datetime.now(UTC)
    try:
        town = read_town(settings.commune_dir)
    except ContentError:
        town = None  # `check_content` says why
    zone = town.tz if town else UTC
    aware = now.replace(tzinfo=zone) if now.tzinfo is None else now
    async for finding in examined(Patient(environ, settings, aware, town), CHECKS):
        yield finding
