"""The sound of a call as it lies on the disk: sealed block by block, under a key of its own.

A block is sealed before it is written (AES-256-GCM, NIST SP 800-38D), numbered so that none can be moved, and
bound to its call so that none can be put into another. A machine that stops dead loses the block that was not
whole yet, and leaves no sound in the clear. All blocks but the last are of one size: they tell how long a
call was, and nothing of what was said.
"""

import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from callbacks.errors import RecordsError

RATE_HZ, N_CHANNELS = 8_000, 2
"""The caller left, the agent right: one byte each, G.711 µ-law, as a telephone line carries them."""
KEY_BYTES = 32
_MAGIC = b"SCELLE1\n"
_LENGTH = struct.Struct(">I")
_MULAW = 7
"""WAVE_FORMAT_MULAW (RFC 2361, appendix A)."""


class SoundUnreadable(RecordsError):
    """It cannot be opened: the installation's key is missing or another one, or the file was changed."""


@dataclass(frozen=True)
class MasterKey:
    """What the keys of calls are wrapped in, derived from the installation's secret (RFC 5869)."""

    _key: bytes = field(repr=False)

    @classmethod
    def of(cls, secret: bytes) -> "MasterKey":
        return cls(HKDF(SHA256(), KEY_BYTES, None, b"standardiste: sound of calls").derive(secret))

    def wrap(self, key: bytes) -> str:
        return aes_key_wrap(self._key, key).hex()

    def unwrap(self, wrapped: str) -> bytes:
        """Raises SoundUnreadable."""
        try:
            return aes_key_unwrap(self._key, bytes.fromhex(wrapped))
        except (InvalidUnwrap, ValueError) as error:
            raise SoundUnreadable("the installation's key is not the one it was sealed with") from error


@dataclass
class SealedFile:
    """The recording of a call that is under way. Used by one thread at a time."""

    path: Path
    call_id: str
    key: bytes = field(repr=False)
    _file: int | None = None
    _n_blocks: int = 0

    def begin(self) -> None:
        """Raises OSError."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(self._file, _MAGIC)

    def add(self, sound: bytes) -> None:
        """So much more of it, sealed. Raises OSError."""
        assert self._file is not None
        sealed = AESGCM(self.key).encrypt(_nonce(self._n_blocks), sound, _bound_to(self.call_id))
        block = _LENGTH.pack(len(sealed)) + sealed
        if os.write(self._file, block) < len(block):
            raise OSError("the disk took part of a block")
        self._n_blocks += 1

    def end(self) -> None:
        """There is no more. Does nothing where nothing was begun."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):  # what could not be written was told when it was given
                os.close(file)

    def erase(self) -> None:
        """There is none. Raises OSError."""
        self.end()
        self.path.unlink(missing_ok=True)


def opened(data: bytes, call_id: str, key: bytes) -> bytes:
    """The sound of this sealed file. Raises SoundUnreadable."""
    try:
        return b"".join(_blocks(data, call_id, AESGCM(key)))
    except (InvalidTag, ValueError) as error:
        raise SoundUnreadable("it was sealed with another key, or changed since") from error


def as_wav(sound: bytes) -> bytes:
    """RIFF, with a « fmt » of 18 bytes and « fact » as formats other than PCM have them (RFC 2361)."""
    rate_bytes = RATE_HZ * N_CHANNELS
    form = struct.pack("<HHIIHHH", _MULAW, N_CHANNELS, RATE_HZ, rate_bytes, N_CHANNELS, 8, 0)
    chunks = ((b"fmt ", form), (b"fact", struct.pack("<I", len(sound) // N_CHANNELS)), (b"data", sound))
    body = b"WAVE" + b"".join(name + struct.pack("<I", len(data)) + data for name, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _blocks(data: bytes, call_id: str, key: AESGCM) -> Iterator[bytes]:
    if not data.startswith(_MAGIC):
        raise ValueError("not a sealed sound")
    at, number = len(_MAGIC), 0
    while at + _LENGTH.size <= len(data):
        (length,) = _LENGTH.unpack_from(data, at)
        at += _LENGTH.size
        if at + length > len(data):
            break  # the machine stopped while this was being written
        yield key.decrypt(_nonce(number), data[at : at + length], _bound_to(call_id))
        at, number = at + length, number + 1


def _nonce(number: int) -> bytes:
    """Never twice under a key: each call has its own."""
    return number.to_bytes(12, "big")


def _bound_to(call_id: str) -> bytes:
    return _MAGIC + call_id.encode()
