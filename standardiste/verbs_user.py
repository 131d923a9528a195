"""The verb `user`: accounts for the clerks' pages."""

import argparse
import asyncio
import getpass
import sys
from datetime import datetime

from callbacks.accounts import NewAccount, add_account
from callbacks.database import open_database, prepare_place
from callbacks.migrating import migrate
from standardiste.errors import Unusable
from standardiste.json_lines import print_line
from standardiste.settings import Settings
from standardiste.town import read_town

BUSY_MS = 30_000
"""The agent may be laying out its agendas for the first time: whoever types this command can wait."""


def run_user(args: argparse.Namespace, settings: Settings) -> int:
    """Makes an account; its password is the first line of standard input."""
    new = NewAccount(
        login=args.name,
        role=args.role,
        password=None if args.no_password else _password(),
        shown_name=args.shown_name,
        email=args.email,
        phone=args.phone,
        services=args.service,
    )
    return asyncio.run(_add(new, args, settings))


def _password() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Mot de passe : ")
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise Unusable("Le mot de passe est attendu sur l'entrée standard.")
    return password


async def _add(new: NewAccount, args: argparse.Namespace, settings: Settings) -> int:
    town = read_town(settings.commune_dir)
    if unknown := set(new.services) - set(town.commune.extensions):
        known = ", ".join(town.commune.extensions)
        raise Unusable(f"« {min(unknown)} » n'est pas un service de la commune ; possibles : {known}.")
    now = args.now or datetime.now(town.tz)
    prepare_place(settings.database_url)
    database = open_database(settings.database_url, busy_ms=BUSY_MS)
    try:
        await migrate(database)
        await add_account(database, new, now if now.tzinfo else now.replace(tzinfo=town.tz))
    finally:
        await database.close()
    print_line({"user": new.login.strip().lower(), "role": new.role})
    return 0
