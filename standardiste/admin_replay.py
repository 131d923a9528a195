"""The replay of a draft, made beside calls in a process of its own; what it found stays in memory only."""

import asyncio
import json
import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from callbacks.database import Database
from callbacks.stored_words import count_stored
from prompts.errors import ContentError
from prompts.pages.replay_port import ReplayState
from prompts.versions import VersionStore
from prompts.versions_files import content_digest
from prompts.versions_replay import ReplayNote, keep_replay, note_in
from standardiste.own_verbs import environ_of
from standardiste.replay import DAYS, MOST_CALLS, trials_of
from standardiste.settings import Settings

log = logging.getLogger("standardiste.admin")

Json = dict[str, Any]
_LINE_BYTES = 4_000_000
"""Of one call with all its turns, both versions."""
_UNUSABLE = 2
"""How the command ends when what it was given is no good: it says why in one sentence."""
_FAILED = "Le rejeu n'a pas pu se faire : réessayez, ou demandez à la personne qui gère le serveur."


@dataclass
class _Replay:
    digest: str
    done: int = 0
    of: int = 0
    rows: list[Json] = field(default_factory=list)
    note: ReplayNote | None = None
    problem: str = ""
    task: "asyncio.Task[None] | None" = None


class DraftReplays:
    """The last replay: of one draft at a time."""

    def __init__(
        self, settings: Settings, store: VersionStore, database: Database, now: Callable[[], datetime]
    ) -> None:
        self._settings, self._store, self._database, self._now = settings, store, database, now
        self._last: _Replay | None = None

    async def size(self, folder: Path) -> int:
        """How many stored calls and test calls there are to be held. Raises DatabaseUnavailable."""
        since = self._now() - timedelta(days=DAYS)
        calls = await self._database.read(lambda session: count_stored(session, since))
        try:
            trials = await asyncio.to_thread(trials_of, self._store.served_folder(), folder)
        except ContentError:  # its replay will say what is wrong
            return max(1, calls)
        return min(calls, MOST_CALLS) + len(trials)

    def state(self, folder: Path) -> ReplayState | None:
        """Of the content in this folder as it stands."""
        last, digest = self._last, content_digest(folder)
        kept = note_in(folder.parent)
        if last is not None and last.digest == digest:
            return ReplayState(last.done, last.of, kept or last.note, last.problem)
        return ReplayState(kept.calls, kept.calls, kept) if kept else None

    def rows(self, folder: Path) -> Sequence[Json]:
        """The calls that change."""
        last = self._last
        return tuple(last.rows) if last is not None and last.digest == content_digest(folder) else ()

    def begin(self, folder: Path) -> None:
        """Replays this content, unless that is under way; one of an older draft is given up."""
        digest, last = content_digest(folder), self._last
        if last is not None and last.task is not None and not last.task.done():
            if last.digest == digest:
                return
            last.task.cancel()
        self._last = replay = _Replay(digest)
        replay.task = asyncio.create_task(self._run(replay, folder), name="replay")

    async def aclose(self) -> None:
        """Ends what is under way."""
        if self._last is not None and self._last.task is not None:
            self._last.task.cancel()
            await asyncio.wait({self._last.task})

    async def _run(self, replay: _Replay, folder: Path) -> None:
        commune = self._settings.commune_dir
        # A process of its own, and below calls in priority, as the proof.
        process = await asyncio.create_subprocess_exec(
            *("nice", "-n", "15", sys.executable, "-m", "standardiste", "replay", "--progress"),
            *("--draft", str(folder), "--days", str(DAYS), "--most", str(MOST_CALLS)),
            *(("--commune", str(commune)) if commune else ()),
            *("--now", self._now().isoformat()),
            env=environ_of(self._settings),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_LINE_BYTES,
        )
        assert process.stdout is not None
        assert process.stderr is not None
        complaint = asyncio.create_task(process.stderr.read())
        try:
            async for line in process.stdout:
                await self._take(replay, json.loads(line))
            said = await complaint
            if replay.note is None:
                told = said.decode("utf-8", "replace").strip()
                log.error("the replay failed: %s", told[-500:])
                plain = await process.wait() == _UNUSABLE
                replay.problem = told.removeprefix("standardiste : ") if plain else _FAILED
        finally:
            if process.returncode is None:
                if replay.note is None:
                    process.kill()
                await process.wait()
            complaint.cancel()

    async def _take(self, replay: _Replay, line: Json) -> None:
        if "done" in line:
            replay.done, replay.of = line["done"], line["of"]
        elif "end" in line:
            names = ("calls", "tests", "better", "worse", "to_read", "without_words")
            note = ReplayNote(replay.digest, self._now(), **{name: line[name] for name in names})
            await asyncio.to_thread(keep_replay, self._store, note)
            replay.note = note
        else:
            replay.rows.append(line)
