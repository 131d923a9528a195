"""Of the doctor: the database, what waits for it, the accounts, and the secrets' files."""

import os
import stat
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.accounts import any_account
from callbacks.database import Database, async_url, open_database
from callbacks.errors import DatabaseUnavailable, JournalUnusable, UnusableDatabase
from callbacks.journal import Journal
from callbacks.migrating import known_versions, version_of
from standardiste.backups_kept import last_made
from standardiste.doctor import Finding, Patient, bad, doubtful, good, none
from standardiste.records_opening import journal_path

WHAT = "Base de données"
LATE_BACKUP = timedelta(minutes=10)


async def check_database(patient: Patient) -> list[Finding]:
    url = patient.settings.database_url
    try:
        if (place := sqlite_file(url)) is not None and not place.exists():
            return [good(WHAT, f"« {place} » sera créée au premier démarrage")]
        database = open_database(url)
    except UnusableDatabase as error:
        return [bad(WHAT, str(error), "Corriger STANDARDISTE_DATABASE.")]
    try:
        return [await database_finding(database), await accounts_finding(database)]
    except UnusableDatabase as error:
        return [bad(WHAT, str(error), "Donner au standardiste une base à lui seul.")]
    except DatabaseUnavailable as error:
        if "not a database" in str(error) or "malformed" in str(error):
            restore = "L'écarter et remettre la dernière sauvegarde en place (docs)."
            return [bad(WHAT, "ce fichier est abîmé, ou n'est pas une base SQLite", restore)]
        mend = "Vérifier qu'elle tourne, l'adresse et le mot de passe dans STANDARDISTE_DATABASE."
        return [bad(WHAT, f"ne répond pas : {first_line(str(error))}", mend)]
    finally:
        await database.close()


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite database; None for others. Raises UnusableDatabase."""
    parsed = async_url(url)
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:")
    return Path(str(parsed.database)) if is_file else None


async def database_finding(database: Database) -> Finding:
    """Raises UnusableDatabase, DatabaseUnavailable."""

    async def work(session: AsyncSession) -> tuple[str | None, str]:
        found = await (await session.connection()).run_sync(version_of)
        check = await session.scalar(text("PRAGMA quick_check(1)")) if database.is_sqlite else "ok"
        return found, str(check)

    version, whole = await database.read(work)
    known = known_versions()
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    if whole != "ok":
        return bad(WHAT, f"abîmée : {first_line(whole)}", "Remettre la dernière sauvegarde en place (docs).")
    if version is not None and version not in known:
        told = f"d'une version plus récente du programme ({version})"
        return bad(WHAT, told, "Mettre le programme à jour.")
    if version != known[-1]:
        told = f"{kind}, à mettre à niveau ({version or 'vide'} → {known[-1]})"
        return doubtful(WHAT, told, "Le prochain démarrage le fait ; sauvegarder avant.")
    return good(WHAT, f"{kind}, entière, à jour ({version})")


async def accounts_finding(database: Database) -> Finding:
    try:
        there = await any_account(database)
    except DatabaseUnavailable:  # its tables are made at the first start
        there = False
    if there:
        return good("Comptes", "les pages ont au moins un compte")
    return doubtful(
        "Comptes",
        "personne ne peut ouvrir les pages",
        "standardiste user add NOM --role admin < mot-de-passe",
    )


async def check_journal(patient: Patient) -> list[Finding]:
    path = journal_path(patient.settings)
    try:
        waiting = len(Journal(path).entries()) if path.exists() else 0
    except JournalUnusable as error:
        return [bad("Journal", f"« {path} » : {error}", "Le garder de côté et le montrer au support.")]
    if waiting:
        told = f"{waiting} demande(s) prise(s) pendant une panne, à écrire"
        return [doubtful("Journal", told, "L'agent les écrit dès que la base répond : le laisser tourner.")]
    return [good("Journal", "aucune demande n'attend d'être écrite")]


async def check_backups(patient: Patient) -> list[Finding]:
    return [backups_finding(last_made(patient.settings.data_dir), patient.now)]


def backups_finding(last: datetime | None, now: datetime) -> Finding:
    """`last`: when the last one was begun."""
    timer = "systemctl enable --now standardiste-sauvegarde.timer"
    if last is None:
        return doubtful("Sauvegardes", "aucune n'a encore été faite", f"{timer} (docs/installation.md).")
    told = f"la dernière date du {last.astimezone(now.tzinfo):%d/%m/%Y %H:%M}"
    if now - last > LATE_BACKUP:
        why = "journalctl -u standardiste-sauvegarde dit pourquoi"
        return doubtful("Sauvegardes", f"{told} : elles ne se font plus", f"{why} ; {timer}.")
    return good("Sauvegardes", told)


async def check_voicemail(patient: Patient) -> list[Finding]:
    if patient.settings.ari is None:
        return [none("Messagerie", "pas d'Asterisk")]
    return [voicemail_finding(patient.settings.voicemail)]


def voicemail_finding(folder: Path) -> Finding:
    """Whether what people leave after the tone can be listened to here, and erased at its time."""
    what = "Messagerie"
    rights = (
        "Mettre ce compte dans le groupe d'Asterisk, et UMask=0007 à son service : voir asterisk/README.md."
    )
    around = folder.parent.parent
    if not os.access(folder, os.F_OK):  # a folder around it may be closed to us
        if os.access(around, os.R_OK | os.X_OK):
            return good(what, "personne n'a encore laissé de message")
        told = f"« {around} » ne se lit pas d'ici : les messages ne s'écoutent ni ne s'effacent"
        return doubtful(what, told, f"{rights} Sur une autre machine : STANDARDISTE_VOICEMAIL.")
    places = [folder, *(each for each in folder.iterdir() if each.is_dir())]
    if shut := [each for each in places if not os.access(each, os.R_OK | os.W_OK | os.X_OK)]:
        told = f"les messages de « {shut[0]} » ne peuvent pas être effacés à leur terme"
        return doubtful(what, told, rights)
    return good(what, f"« {folder} » : les messages s'écoutent et s'effacent")


async def check_secrets(patient: Patient) -> list[Finding]:
    return [secrets_finding(patient.environ), data_finding(patient.settings.data_dir)]


def secrets_finding(environ: Mapping[str, str]) -> Finding:
    files = {
        name: Path(value).expanduser()
        for name, value in environ.items()
        if name.startswith("STANDARDISTE_") and name.endswith("_FILE") and value
    }
    if unread := [f"{name} (« {path} »)" for name, path in files.items() if not path.is_file()]:
        return bad(
            "Secrets", f"introuvables : {', '.join(unread)}", "Écrire ces fichiers, ou corriger le réglage."
        )
    if open_to_all := [path for path in files.values() if path.stat().st_mode & stat.S_IRWXO]:
        names = " ".join(map(str, open_to_all))
        return bad("Secrets", f"lisibles par tous les comptes : {names}", f"chmod o= {names}")
    told = f"{len(files)} fichiers, fermés aux autres comptes" if files else "aucun fichier de secret"
    return good("Secrets", told)


def data_finding(folder: Path) -> Finding:
    if folder.exists() and folder.stat().st_mode & stat.S_IRWXO:
        told = f"« {folder} » s'ouvre à tous les comptes de la machine"
        return doubtful("Données", told, f"chmod o= {folder}")
    return good("Données", f"« {folder} »")


def first_line(text_: str) -> str:
    """An error of a driver, without what it adds under it."""
    return text_.strip().splitlines()[0] if text_.strip() else "sans explication"
