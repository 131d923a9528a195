"""The versions of a town's content: what is published, what was, the draft, and what waits for its date.

    versions/0007/contenu/…     a version, never changed again, with version.json: who, when, why
    en-service.json             the version that callers hear: this one small file decides
    brouillon/                  the draft (`prompts.versions_draft`)
    prevue/                     a draft that is published at its date
    annonces.json               what is said before the greeting (`prompts.versions_announcements`)

A publication is a folder written whole under its number, then the small file replaced: whenever the machine
stops, callers hear the version before or the version after. Every path that writes holds the lock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from prompts import recordings, versions_records
from prompts.versions_draft import Draft, Edit, Part, line_of
from prompts.versions_errors import (
    AlreadyScheduled,
    DamagedVersion,
    DraftInTheWay,
    DraftJoined,
    DraftMoved,
    MergeConflict,
    NoSuchVersion,
    NothingToPublish,
)
from prompts.versions_files import (
    append_line,
    content_digest,
    copy_content,
    locked,
    new_folder,
    read_json,
    read_lines,
    remove_folder,
    sweep,
    write_json,
)
from prompts.versions_joining import bring_up_to_date
from prompts.versions_records import Comment, Kind, Scheduled, Version
from prompts.versions_replay import ReplayNote, allowed, line_of_note, note_of
from prompts.yaml_source import YamlPath


class VersionStore:
    """`root` is the store's folder, `source` the town's own folder of files, which is only read."""

    def __init__(self, root: Path, source: Path) -> None:
        self.root, self.source = root, source

    # ------------------------------------------------------------------ reading

    def in_service(self) -> int | None:
        """The number of the version that callers hear; None before anything was changed here."""
        found = read_json(self.root / "en-service.json")
        return None if found is None else int(found["version"])

    def served_folder(self) -> Path:
        """The content that callers hear."""
        number = self.in_service()
        return self.source if number is None else self.folder_of(number) / "contenu"

    def folder_of(self, number: int) -> Path:
        return self.root / "versions" / f"{number:04}"

    def version(self, number: int) -> Version:
        """Raises NoSuchVersion."""
        found = read_json(self.folder_of(number) / "version.json")
        if found is None:
            raise NoSuchVersion(number)
        return versions_records.version_of(number, found)

    def versions(self) -> tuple[Version, ...]:
        """Those that were or are published, the newest first."""
        last = self.in_service() or 0
        names = sorted((self.root / "versions").glob("[0-9]*"), reverse=True)
        return tuple(self.version(int(path.name)) for path in names if int(path.name) <= last)

    def content_of(self, number: int) -> Path:
        """The files of this version, as they were published. Raises NoSuchVersion, DamagedVersion."""
        version, content = self.version(number), self.folder_of(number) / "contenu"
        if content_digest(content) != version.digest:
            raise DamagedVersion(number)
        return content

    def draft(self) -> Draft | None:
        folder = self.root / "brouillon"
        return Draft(folder) if folder.exists() else None

    def draft_or_served(self) -> Path:
        """What the admins look at: the draft's content, else what is published."""
        draft = self.draft()
        return draft.content if draft else self.served_folder()

    def scheduled(self) -> Scheduled | None:
        found = read_json(self.root / "prevue" / "prevue.json")
        return None if found is None else versions_records.scheduled_of(found)

    def scheduled_content(self) -> Path | None:
        """The content that waits for its date."""
        waiting = Draft(self.root / "prevue")
        return waiting.content if waiting.content.exists() else None

    def comments(self, on: int) -> tuple[Comment, ...]:
        lines = read_lines(self.root / "remarques.jsonl")
        return tuple(versions_records.comment_of(each) for each in lines if each["on"] == on)

    def stamp(self) -> tuple[int, ...]:
        """Other after every publication and every announcement; costs two looks at the disk."""
        names = ("en-service.json", "annonces.json")
        files = [self.root / name for name in names]
        return tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in files)

    # ------------------------------------------------------------------ writing

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The lock, with what a stopped machine left set right first."""
        with locked(self.root):
            for folder in (self.root, self.root / "versions"):
                sweep(folder)
            last = self.in_service() or 0
            for path in (self.root / "versions").glob("[0-9]*"):
                if int(path.name) > last:
                    remove_folder(path)  # written, never published
            self._drop_published_draft()
            yield

    def source_changed(self) -> bool:
        """Whether the town's files were changed by hand since they were last taken in as a version."""
        known = read_json(self.root / "dossier.json")
        return known is not None and known["digest"] != content_digest(self.source)

    def take_in_source(self, now: datetime) -> None:
        """The town's files as a version, where they were changed by hand.

        Their first time is when something is first changed here: until then they are served as they are.
        """
        with self.writing():
            if self.source_changed():
                self._take_in(content_digest(self.source), now)

    def open_draft(self, now: datetime) -> Draft:
        """The draft, begun from what is published where there is none."""
        with self.writing():
            return self._open_draft(now)

    def edit(self, part: Part, value: Any, seen: str, who: str, now: datetime, why: str = "") -> Edit | None:
        """Changes one part of the draft; `seen` is the digest of the text that it was changed from.

        None where nothing changes. Raises EditConflict and ContentError, with nothing written.
        """
        with self.writing():
            draft = self._open_draft(now)
            edit = draft.write(part, value, seen, who, now, why)
            recordings.drop_unused(draft.content)
            return edit

    def record(self, part: Part, text: str, sound: bytes, seen: str, who: str, now: datetime) -> Edit | None:
        """A WAV that is heard instead of this text, into the draft. Raises as `edit`."""
        with self.writing():
            draft = self._open_draft(now)
            value = recordings.keep_sound(draft.content, sound, text)
            try:
                return draft.write(part, value, seen, who, now)
            finally:
                recordings.drop_unused(draft.content)

    def discard_draft(self, now: datetime) -> None:
        """Puts the draft away; nothing of it is lost on the disk."""
        with self.writing():
            draft = self.draft()
            if draft is not None:
                draft.folder.rename(self._away(now, draft.folder.name))

    def settle(self, theirs: frozenset[YamlPath], now: datetime) -> None:
        """Brings the draft up to date with a newer version: where both changed a part, the published text
        counts for the paths in `theirs`, the draft's for all others; the draft before is put away.
        """
        with self.writing():
            draft = self.draft()
            if draft is not None:
                away = self._away(now, draft.folder.name)
                copy_content(draft.content, away)
                self._bring_up_to_date(draft.folder, theirs)

    def publish(
        self, who: str, why: str, now: datetime, seen: str | None = None, *, replayed: bool = False
    ) -> int:
        """The draft, for every call from now on; its number.

        `seen`: the digest of the content that was looked at, and checked; `replayed`: only with its replay.
        Raises NothingToPublish, DraftMoved, DraftJoined, MergeConflict, NotReplayed, RegressionNotSigned.
        """
        with self.writing():
            draft = self._as_seen(seen)
            note = allowed(draft.folder, needed=replayed)
            number = self._publish(
                draft.content, "publication", who, why, now, edits=draft.edits, replay=note
            )
            remove_folder(draft.folder)
            return number

    def schedule(
        self, who: str, why: str, at: datetime, seen: str | None = None, *, replayed: bool = False
    ) -> None:
        """The draft, for every call from that instant on. Raises as `publish`, and AlreadyScheduled."""
        with self.writing():
            waiting = self.scheduled()
            if waiting is not None:
                raise AlreadyScheduled(waiting.at)
            draft = self._as_seen(seen)
            digest = content_digest(draft.content)
            if digest == content_digest(self.served_folder()):
                raise NothingToPublish
            note = allowed(draft.folder, needed=replayed)
            line = versions_records.scheduled_line(at, who, why)
            more = {"checked": digest, "replay": line_of_note(note) if note else None}
            write_json(draft.folder / "prevue.json", {**line, **more})
            draft.folder.rename(self.root / "prevue")

    def unschedule(self) -> None:
        """What waited for its date is the draft again. Raises DraftInTheWay where another was begun."""
        with self.writing():
            waiting = self.root / "prevue"
            if not waiting.exists():
                return
            if self.draft() is not None:
                raise DraftInTheWay
            waiting.rename(self.root / "brouillon")
            (self.root / "brouillon" / "prevue.json").unlink()

    def joined_due(self, now: datetime) -> Path | None:
        """The content whose instant has come, where it is no longer the one that was checked: what was
        published since is joined into it. None where nothing is to be checked."""
        if not self._is_due(now):
            return None
        with self.writing():
            folder = self.root / "prevue"
            if not folder.exists():
                return None
            try:
                self._bring_up_to_date(folder)
            except MergeConflict as error:
                self._note_scheduled(problem=str(error))
                return None
            content = Draft(folder).content
            return None if self._is_checked(content) else content

    def note_check(self, digest: str, problem: str) -> None:
        """What the check said of what waits, if this is its digest still: a problem, or nothing."""
        with self.writing():
            content = self.scheduled_content()
            if content is not None and content_digest(content) == digest:
                self._note_scheduled(**({"problem": problem} if problem else {"checked": digest}))

    def publish_due(self, now: datetime) -> int | None:
        """Publishes what waited for this instant, if it was checked as it is; its number. What cannot be, or
        what the check refused (`joined_due`, `note_check`), is noted with its reason."""
        waiting = self.scheduled()
        if waiting is None or not self._is_due(now) or self.joined_due(now) is not None:
            return None
        with self.writing():
            folder = self.root / "prevue"
            draft = Draft(folder)
            as_checked = self._is_due(now) and self._is_checked(draft.content)
            if not as_checked or draft.base != self.in_service():
                return None  # changed by somebody else meanwhile
            # The replay is the one that was allowed when its date was chosen.
            line = read_json(folder / "prevue.json").get("replay")
            note = note_of(line) if line else None
            try:
                number = self._publish(
                    draft.content, "prevue", waiting.who, waiting.why, now, edits=draft.edits, replay=note
                )
            except NothingToPublish as error:
                self._note_scheduled(problem=str(error))
                return None
            remove_folder(folder)
            return number

    def roll_back(self, number: int, who: str, why: str, now: datetime) -> int:
        """An old version, published again as a new one. Raises NoSuchVersion, DamagedVersion."""
        with self.writing():
            return self._publish(self.content_of(number), "retour", who, why, now, restores=number)

    def comment(self, on: int, who: str, text: str, now: datetime) -> None:
        with self.writing():
            line = {"on": on, "who": who, "at": now.isoformat(), "text": text}
            append_line(self.root / "remarques.jsonl", line)

    # ------------------------------------------------------------- under the lock

    def _as_seen(self, seen: str | None) -> Draft:
        """The draft up to date, with nothing in it that was not looked at."""
        draft = self.draft()
        if draft is None:
            raise NothingToPublish
        before = content_digest(draft.content)
        if seen is not None and before != seen:
            raise DraftMoved
        self._bring_up_to_date(draft.folder)
        if seen is not None and content_digest(draft.content) != before:
            raise DraftJoined
        return draft

    def _is_due(self, now: datetime) -> bool:
        waiting = self.scheduled()
        return waiting is not None and waiting.at <= now and not waiting.problem

    def _is_checked(self, content: Path) -> bool:
        """Whether what waits says what was checked."""
        return bool(read_json(self.root / "prevue" / "prevue.json").get("checked") == content_digest(content))

    def _note_scheduled(self, **more: str) -> None:
        about = self.root / "prevue" / "prevue.json"
        write_json(about, {**read_json(about), **more})

    def _take_in(self, digest: str, now: datetime) -> int:
        why = "Fichiers du dossier de la commune"
        try:
            number = self._publish(self.source, "dossier", "dossier de la commune", why, now)
        except NothingToPublish:  # by hand, what is published already
            number = self.in_service() or 0
        write_json(self.root / "dossier.json", {"digest": digest})
        return number

    def _open_draft(self, now: datetime) -> Draft:
        draft = self.draft()
        if draft is not None:
            return draft
        number = self.in_service()
        if number is None:
            number = self._take_in(content_digest(self.source), now)
        with new_folder(self.root / "brouillon") as folder:
            copy_content(self.content_of(number), folder / "contenu", sharing=recordings.FOLDER)
            write_json(folder / "brouillon.json", {"base": number, "at": now.isoformat()})
        return Draft(self.root / "brouillon")

    def _publish(
        self,
        content: Path,
        kind: Kind,
        who: str,
        why: str,
        now: datetime,
        *,
        edits: tuple[Edit, ...] = (),
        restores: int | None = None,
        replay: ReplayNote | None = None,
    ) -> int:
        before = self.in_service()
        digest = content_digest(content)
        if before is not None and digest == self.version(before).digest:
            raise NothingToPublish
        number = (before or 0) + 1
        with new_folder(self.folder_of(number)) as folder:
            copy_content(content, folder / "contenu", sharing=self._shared(content))
            about = {
                "kind": kind, "who": who, "at": now.isoformat(), "why": why, "based_on": before,
                "restores": restores, "digest": digest, "edits": [line_of(edit) for edit in edits],
                "replay": line_of_note(replay) if replay else None,
            }  # fmt: skip
            write_json(folder / "version.json", about)
        write_json(self.root / "en-service.json", {"version": number})
        return number

    def _shared(self, content: Path) -> str:
        """The folder of files that never change, where the content is one of ours and not the town's own."""
        return recordings.FOLDER if content.is_relative_to(self.root) else ""

    def _bring_up_to_date(self, folder: Path, theirs_at: frozenset[YamlPath] | None = None) -> None:
        """Versions published since the draft began are merged into it. Raises MergeConflict, unless it is
        said where the published text counts (`settle`)."""
        served = self.in_service()
        assert served is not None
        bring_up_to_date(Draft(folder), served, self.content_of, theirs_at)

    def _drop_published_draft(self) -> None:
        """The machine stopped between publishing a draft and removing it."""
        for name in ("brouillon", "prevue"):
            folder, served = self.root / name, self.in_service()
            if not folder.exists() or served is None:
                continue
            draft = Draft(folder)
            if draft.edits and draft.base < served:
                version = self.version(served)
                if version.edits == draft.edits and version.digest == content_digest(draft.content):
                    remove_folder(folder)

    def _away(self, now: datetime, name: str) -> Path:
        """A name among what is kept though nobody needs it any more."""
        away = self.root / "ecartes"
        away.mkdir(exist_ok=True)
        return away / f"{now:%Y%m%dT%H%M%S%f}-{len(list(away.iterdir())):04}-{name}"
