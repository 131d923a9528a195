"""Recorded sentences, made ready in a process of their own: what somebody sends must not break calls."""

import asyncio
import io
import logging
import sys
import wave

import numpy as np

from prompts.pages.recordings_port import UnusableUpload
from speech.recorded import wav as wav_of
from speech.spoken import sentences_in
from speech.telephone_band import over_telephone

log = logging.getLogger("standardiste.admin")

MAX_BYTES = 20_000_000
READY_WITHIN_S = 40.0
_UNUSABLE = 2
"""How the process ends that says why the file cannot be used."""
_FAILED = "Cet enregistrement n'a pas pu être lu : essayez un autre fichier, en WAV ou en MP3."


class AdminRecordings:
    """See `prompts.pages.recordings_port.RecordingTools`."""

    async def ready(self, data: bytes) -> bytes:
        """The WAV that callers would hear. Raises UnusableUpload."""
        if len(data) > MAX_BYTES:
            raise UnusableUpload(too_big())
        process = await asyncio.create_subprocess_exec(
            *("nice", "-n", "10", sys.executable, "-P", "-m", "speech.recorded"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(READY_WITHIN_S):
                out, complaint = await process.communicate(data)
        except TimeoutError as error:
            raise UnusableUpload(_FAILED) from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        told = complaint.decode("utf-8", "replace").strip()
        if process.returncode == _UNUSABLE:
            raise UnusableUpload(told)
        if process.returncode != 0:
            log.error("a recording could not be read (code %s): %s", process.returncode, told[-500:])
            raise UnusableUpload(_FAILED)
        return out

    async def heard(self, wav: bytes, *, telephone: bool) -> bytes:
        """The same; `telephone`: with what a line leaves of it."""
        return await asyncio.to_thread(_over_telephone, wav) if telephone else wav

    def pieces(self, text: str) -> list[str]:
        """The text cut where the voice cuts it."""
        return [" ".join(sentence.split()) for sentence in sentences_in(text)]


def too_big() -> str:
    return f"Ce fichier est trop gros : {MAX_BYTES // 1_000_000} Mo au plus."


def _over_telephone(wav: bytes) -> bytes:
    with wave.open(io.BytesIO(wav)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int16)
    return wav_of(over_telephone(samples))
