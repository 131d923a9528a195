"""The verb `replay`: how the calls of the last days would have gone with a draft."""

import argparse
import asyncio
import json
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from callbacks.database import open_database, prepare_place
from callbacks.migrating import migrate
from callbacks.stored_words import StoredCalls, asked_in_vain, stored_calls
from standardiste.admin_live import store_of
from standardiste.errors import Unusable
from standardiste.replay import Json, Work, end_of, kept_call, rehearsed, row_of, trials_of
from standardiste.replay_text import shown_call, shown_end
from standardiste.settings import Settings
from standardiste.town import read_town, town_now


def run_replay(args: argparse.Namespace, settings: Settings) -> int:
    """One line per call that changes; 1 where one of them goes worse."""
    store = store_of(settings)
    published = store.served_folder()
    draft: Path | None = args.draft or (found.content if (found := store.draft()) else None)
    if draft is None:
        raise Unusable("Il n'y a pas de brouillon à rejouer ; attendu : --draft DOSSIER.")
    town = read_town(published)
    since = town_now(args.now, town) - timedelta(days=args.days)
    stored, in_vain = asyncio.run(_stored(settings, since, args.most))
    calls = stored.calls
    trials = trials_of(published, draft)
    if args.unanswered:
        calls, trials = tuple(one for one in calls if one.call.id in in_vain), ()
    work = Work(town, read_town(draft), tuple(map(kept_call, calls)), trials)
    counts = Counter[str]()
    if args.progress:
        print(json.dumps({"done": 0, "of": work.size}), flush=True)
    for done, one in enumerate(rehearsed(work), 1):
        counts[one.verdict] += 1
        if one.verdict != "same":
            _show(row_of(one, town), args)
        if args.progress and not done % 20:
            print(json.dumps({"done": done, "of": work.size}), flush=True)
    end = end_of(counts, work, stored.without_words)
    print(shown_end(end) if args.readable else json.dumps(end, ensure_ascii=False), flush=True)
    return 1 if counts["worse"] else 0


async def _stored(settings: Settings, since: datetime, most: int) -> tuple[StoredCalls, frozenset[str]]:
    prepare_place(settings.database_url)
    database = open_database(settings.database_url)
    try:
        await migrate(database)
        stored = await stored_calls(database, since, most)
        in_vain = await database.read(lambda session: asked_in_vain(session, since))
        return stored, frozenset(call_id for call_id, _ in in_vain)
    finally:
        await database.close()


def _show(row: Json, args: argparse.Namespace) -> None:
    if not args.readable:
        print(json.dumps(row, ensure_ascii=False), flush=True)
        return
    for line in shown_call(row):
        print(line)
    print(flush=True)
