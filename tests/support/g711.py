"""The telephone's two codes, A-law and µ-law (ITU-T G.711), as tables."""

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]


def _alaw_table() -> Samples:
    code = np.arange(256) ^ 0x55
    exponent, mantissa = (code >> 4) & 7, code & 15
    size = np.where(
        exponent == 0, (mantissa << 4) + 8, ((mantissa << 4) + 0x108) << np.maximum(exponent - 1, 0)
    )
    return np.where(code & 0x80, size, -size).astype(np.int16)


def _ulaw_table() -> Samples:
    code = ~np.arange(256) & 0xFF
    exponent, mantissa = (code >> 4) & 7, code & 15
    size = (((mantissa << 3) + 0x84) << exponent) - 0x84
    return np.where(code & 0x80, -size, size).astype(np.int16)


def _inverse(table: Samples) -> npt.NDArray[np.uint8]:
    """The code of each 16-bit sample: the one whose value is nearest."""
    order = np.argsort(table, kind="stable")
    values = table[order].astype(np.int32)
    samples = np.arange(-32768, 32768)
    right = np.clip(np.searchsorted(values, samples), 1, 255)
    nearest = np.where(samples - values[right - 1] <= values[right] - samples, right - 1, right)
    return order[nearest].astype(np.uint8)


class Codec:
    def __init__(self, name: str, payload_type: int, table: Samples, silence: int) -> None:
        self.name, self.payload_type, self.silence = name, payload_type, bytes([silence])
        self._table, self._inverse = table, _inverse(table)

    def encode(self, samples: Samples) -> bytes:
        return self._inverse[samples.astype(np.int32) + 32768].tobytes()

    def decode(self, payload: bytes) -> Samples:
        return self._table[np.frombuffer(payload, np.uint8)]


PCMU = Codec("PCMU", 0, _ulaw_table(), 0xFF)
PCMA = Codec("PCMA", 8, _alaw_table(), 0xD5)
