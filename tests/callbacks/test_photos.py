"""What people send as photos: pictures are drawn anew, all else is refused, whatever it is called."""

import io
import struct
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from callbacks.photos import MAX_BYTES, SIDE, PhotoStore, UnusablePhoto, cleaned


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480), **more: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 40).convert("RGB").save(out, kind, **more)
    return out.getvalue()


def huge_png(side: int) -> bytes:
    """A few bytes that claim to be far too many when unpacked."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_kept_as_a_jpeg_of_no_more_than_is_needed(kind: str) -> None:
    clean = cleaned(picture(kind, (2600, 1300)))
    kept = Image.open(io.BytesIO(clean.jpeg))
    assert (kept.format, kept.size) == ("JPEG", (clean.width, clean.height))
    assert max(kept.size) <= SIDE


def test_where_when_and_with_what_it_was_taken_is_gone_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0110] = "TELEPHONE-DE-LEA"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[2] = (14.0, 36.0, 12.0)
    clean = cleaned(picture(size=(600, 400), exif=exif, comment=b"secret"))
    assert (clean.width, clean.height) == (400, 600)
    kept = Image.open(io.BytesIO(clean.jpeg))
    assert not kept.getexif()
    assert b"TELEPHONE" not in clean.jpeg
    assert b"secret" not in clean.jpeg


@pytest.mark.parametrize("tail", [b"<script>alert(1)</script>", b"PK\x03\x04" + b"x" * 200, b"<?php x(); ?>"])
def test_what_hides_behind_a_picture_is_not_kept(tail: bytes) -> None:
    for kind in ("JPEG", "PNG", "WEBP"):
        assert tail not in cleaned(picture(kind) + tail).jpeg


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"bonjour",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + b"\0" * 40,
        b"%PDF-1.7 \xff\xd8\xff\xe0",
        b"MZ" + b"\0" * 200,
        b"\xff\xd8\xff\xe0" + b"\0" * 300,
        b"\x89PNG\r\n\x1a\n" + b"x" * 100,
        b"RIFF\x10\0\0\0WEBPVP8 ",
        picture()[:200],
        picture("GIF"),
        picture("TIFF"),
        picture("BMP"),
        huge_png(30_000),
        huge_png(9_000),
        b"\xff\xd8" + b"x" * MAX_BYTES,
    ],
    ids=lambda data: repr(data[:12]),
)
def test_what_is_no_picture_of_the_three_kinds_is_refused_whatever_it_is_called(data: bytes) -> None:
    with pytest.raises(UnusablePhoto):
        cleaned(data)


SMALL = {kind: picture(kind, (40, 30)) for kind in ("JPEG", "PNG", "WEBP")}


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(["JPEG", "PNG", "WEBP"]))
def test_a_broken_file_is_refused_or_read_and_nothing_else(random: Random, kind: str) -> None:
    data = bytearray(SMALL[kind])
    for _ in range(random.randint(1, 12)):
        data[random.randrange(len(data))] = random.randrange(256)
    try:
        cleaned(bytes(data))
    except UnusablePhoto:
        return


async def test_files_that_nobody_knows_of_are_swept_but_not_those_of_this_moment(tmp_path: Path) -> None:
    store = PhotoStore(tmp_path / "photos")
    kept, _ = await store.keep(picture())
    lost, _ = await store.keep(picture())
    assert (store.folder / kept).stat().st_mode & 0o777 == 0o600
    later = datetime.now(UTC) + timedelta(hours=2)
    assert store.sweep([kept], later - timedelta(hours=4)) == 0
    assert store.sweep([kept], later) == 1
    assert await store.read(kept) is not None
    assert await store.read(lost) is None
    assert await store.read("../" * 6 + "etc/hostname") is None
