"""Photos that people add to a fault report: looked at, drawn anew, and kept where no page is served from.

What is kept is never what was sent: the picture is decoded and written again as a JPEG. Whatever was hidden
in the file, its place and device (EXIF) included, is gone with the original.
"""

import asyncio
import io
import secrets
import struct
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from callbacks.errors import RecordsError

MAX_BYTES = 12 * 1024 * 1024
"""Of one photo as it is sent: a recent telephone's are of 3 to 8."""
MAX_PHOTOS = 3
MAX_PIXELS = 60_000_000
"""What telephones take at most; a small file can claim to be far larger when it is unpacked."""
SIDE = 2000
"""Of what is kept: enough to see a pothole."""
_FORMATS = ("JPEG", "PNG", "WEBP")
_THREADS = ThreadPoolExecutor(1, "photos")
"""One at a time: an unpacked photo takes 200 MB, and callers wait for the same cores."""


class UnusablePhoto(RecordsError):
    """This file is not kept; the message says why, in French."""


@dataclass(frozen=True)
class Clean:
    """A photo as it is kept."""

    jpeg: bytes
    width: int
    height: int


def cleaned(data: bytes) -> Clean:
    """The picture alone. Raises UnusablePhoto for anything that is not one, whatever its name says."""
    from PIL import Image, ImageOps, UnidentifiedImageError  # most starts of the program look at no photo

    if len(data) > MAX_BYTES:
        raise UnusablePhoto(f"Cette photo est trop lourde : {MAX_BYTES // 2**20} Mo au plus.")
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise UnusablePhoto("Cette photo est trop grande.")
            image.draft("RGB", (SIDE, SIDE))
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except UnusablePhoto:
        raise
    except (
        UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning, OSError,
        SyntaxError, ValueError, EOFError, struct.error, OverflowError, KeyError, IndexError, TypeError,
        MemoryError,
    ) as error:  # fmt: skip
        # All that Pillow's decoders were seen to raise on broken files (its own tests' corpus).
        raise UnusablePhoto("Ce fichier n'est pas une photo lisible (JPEG, PNG ou WebP).") from error
    upright.thumbnail((SIDE, SIDE))
    plain = Image.new("RGB", upright.size)
    plain.paste(upright)
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=82, optimize=True)
    return Clean(out.getvalue(), plain.width, plain.height)


@dataclass(frozen=True)
class PhotoStore:
    """A folder beside the database, readable by this program alone."""

    folder: Path

    async def keep(self, data: bytes) -> tuple[str, Clean]:
        """The name of the file that was written, and what is in it. Raises UnusablePhoto."""
        loop = asyncio.get_running_loop()
        clean = await loop.run_in_executor(_THREADS, cleaned, data)
        name = f"{secrets.token_hex(16)}.jpg"
        try:
            await asyncio.to_thread(self._write, name, clean.jpeg)
        except OSError as error:
            raise UnusablePhoto("La photo n'a pas pu être gardée : réessayez plus tard.") from error
        return name, clean

    async def read(self, name: str) -> bytes | None:
        """The JPEG; None where it is gone."""
        try:
            return await asyncio.to_thread((self.folder / Path(name).name).read_bytes)
        except OSError:
            return None

    def sweep(self, kept: Iterable[str], before: datetime) -> int:
        """Erases the files, written before then, of which the database knows nothing; how many."""
        known, limit = set(kept), before.timestamp()
        gone = [file for file in self._files() if file.name not in known and file.stat().st_mtime < limit]
        for file in gone:
            file.unlink(missing_ok=True)
        return len(gone)

    def _files(self) -> list[Path]:
        return list(self.folder.glob("*.jpg")) if self.folder.is_dir() else []

    def _write(self, name: str, data: bytes) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_bytes(data)
