"""Learning from calls without an answer, for the admins' pages: beside calls, in processes of their own."""

import asyncio
import json
import logging
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from callbacks.database import Database
from callbacks.stored_words import asked_in_vain
from dialog.matching import plain
from dialog.replay.grouping import Unanswered, grouped
from dialog.understanding import understand
from prompts.content import Town
from prompts.errors import PromptsError
from prompts.load import BASE, LEARNED
from prompts.pages.learning_port import AskedInVain, Helped, NothingLearned, Training
from prompts.phrasebook import digest_of, phrase_files
from prompts.versions import VersionStore
from prompts.versions_draft import Part, write_part
from prompts.versions_files import copy_content, write_whole
from standardiste.own_verbs import environ_of
from standardiste.replay import DAYS, MOST_CALLS
from standardiste.settings import Settings

log = logging.getLogger("standardiste.admin")

Json = dict[str, Any]
_FAILED = "L'apprentissage n'a pas pu se faire : réessayez, ou demandez à la personne qui gère le serveur."


@dataclass(frozen=True)
class LearningParts:
    """What learning asks of the running program."""

    settings: Settings
    store: VersionStore
    database: Database
    now: Callable[[], datetime]
    town: Callable[[], Town]
    """As callers hear it."""


class CallsToLearnFrom:
    """One training at a time."""

    def __init__(self, parts: LearningParts) -> None:
        self._parts = parts
        self._training: Training | None = None
        self._task: asyncio.Task[None] | None = None

    async def groups(self) -> tuple[AskedInVain, ...]:
        """Of the last days. Raises DatabaseUnavailable."""
        since = self._parts.now() - timedelta(days=DAYS)
        told = await self._parts.database.read(lambda session: asked_in_vain(session, since))
        return await asyncio.to_thread(_groups, told, self._parts.town(), self._parts.now())

    async def would_help(self, content: Path, question: Mapping[str, Any]) -> Helped:
        """What this question would change for the calls without an answer. Raises NothingLearned."""
        with tempfile.TemporaryDirectory(prefix="standardiste-") as name:
            candidate = Path(name) / "contenu"
            await asyncio.to_thread(copy_content, content, candidate)
            try:
                write_part(candidate, Part("faq.yaml", ("questions", "essai")), dict(question))
            except PromptsError as error:
                raise NothingLearned(str(error)) from error
            commune = self._parts.settings.commune_dir
            command = (
                *("replay", "--unanswered", "--draft", str(candidate), "--days", str(DAYS)),
                *("--most", str(MOST_CALLS), *(("--commune", str(commune)) if commune else ())),
                *("--now", self._parts.now().isoformat()),
            )
            end: Json = {}
            async with self._lines(*command) as lines:
                async for line in lines:
                    end = line
        if "end" not in end:
            raise NothingLearned("L'effet n'a pas pu être calculé : vérifiez la réponse et ses dates.")
        return Helped(end["calls"], end["better"], end["worse"])

    def training(self) -> Training | None:
        """The last one."""
        return self._training

    def train(self) -> None:
        """Learns the phrases of the draft as it stands; what was being learned is given up."""
        if self._task is not None:
            self._task.cancel()
        self._training = Training(0, 0)
        self._task = asyncio.create_task(self._train(), name="training")

    async def aclose(self) -> None:
        """Ends what is under way."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _train(self) -> None:
        draft = self._parts.store.draft()
        if draft is None:
            self._training = Training(0, 0, "Il n'y a pas de brouillon.")
            return
        with tempfile.TemporaryDirectory(prefix="standardiste-") as name:
            copy = Path(name) / "contenu"
            await asyncio.to_thread(copy_content, draft.content, copy)
            effect: Json | None = None
            async with self._lines("train", "--vite", "--progress", "--commune", str(copy)) as lines:
                async for line in lines:
                    if "done" in line:
                        self._training = Training(line["done"], line["of"])
                    else:
                        effect = line
            if effect is None or not await asyncio.to_thread(self._taken, copy / LEARNED, effect["phrases"]):
                self._training = Training(0, 0, _FAILED)
                return
        self._training = Training(1, 1, effect=effect)

    def _taken(self, learned: Path, phrases: str) -> bool:
        """What was learned into the draft, if its phrases still are those."""
        with self._parts.store.writing():
            draft = self._parts.store.draft()
            if draft is None or digest_of(phrase_files([BASE, draft.content])) != phrases:
                return False
            write_whole(draft.content / LEARNED, learned.read_bytes())
            return True

    @asynccontextmanager
    async def _lines(self, *command: str) -> AsyncIterator[AsyncIterator[Json]]:
        """What a verb of ours writes, in a process below calls in priority."""
        process = await asyncio.create_subprocess_exec(
            *("nice", "-n", "15", sys.executable, "-m", "standardiste", *command),
            env=environ_of(self._parts.settings),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=4_000_000,
        )
        assert process.stdout is not None
        out = process.stdout

        async def lines() -> AsyncIterator[Json]:
            async for line in out:
                yield json.loads(line)

        try:
            yield lines()
        finally:
            if process.returncode is None and not out.at_eof():
                process.kill()
            await process.wait()


def _groups(told: tuple[tuple[str, str], ...], town: Town, now: datetime) -> tuple[AskedInVain, ...]:
    found = grouped([Unanswered(call_id, text) for call_id, text in told], town.learned)
    return tuple(_asked(group.sentences, len(group.calls), town, now) for group in found)


def _asked(sentences: tuple[str, ...], calls: int, town: Town, now: datetime) -> AskedInVain:
    found = understand(sentences[0], now, town.tz, None, town)
    key = sha256(plain(sentences[0]).encode()).hexdigest()[:12]
    return AskedInVain(key, sentences, calls, found.intent, found.service)
