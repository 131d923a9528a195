"""The models a town is advised to install, and what each needs.

Sizes, memory (one worker, int8) and cores are estimates: none of these models could be fetched or measured
where this was written. For the same reason `sha256` is None: the first fetch records what came, and `verify`
compares with that.
"""

from dataclasses import dataclass
from typing import Literal

HUB = "https://huggingface.co"


@dataclass(frozen=True)
class RemoteFile:
    """One file of a model on the hub."""

    path: str
    """Below the hub's address."""
    sha256: str | None = None

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class RecommendedModel:
    """A model worth installing."""

    name: str
    kind: Literal["ears", "voice"]
    files: tuple[RemoteFile, ...]
    size_mb: int
    memory_mb: int
    cores: int
    note: str
    """In French, for whoever chooses."""
    converted: bool = False
    """Published for researchers: made into a model tuned for short windows once it has come."""


def _whisper(
    name: str, repository: str, sizes: tuple[int, int, int], extra: str, note: str
) -> RecommendedModel:
    names = ("config.json", "tokenizer.json", *extra.split(), "model.bin")
    files = tuple(RemoteFile(f"{repository}/resolve/main/{file}") for file in names)
    return RecommendedModel(name, "ears", files, *sizes, note)


def _tuned_short(size: str, sizes: tuple[int, int, int], note: str) -> RecommendedModel:
    """FUTO's Whisper, tuned for short windows (Apache-2.0); its vocabulary is the stock model's."""
    files = (
        RemoteFile(f"futo-org/acft-whisper-{size}/resolve/main/config.json"),
        RemoteFile(f"Systran/faster-whisper-{size}/resolve/main/tokenizer.json"),
        RemoteFile(f"futo-org/acft-whisper-{size}/resolve/main/model.safetensors"),
    )
    return RecommendedModel(f"acft-whisper-{size}", "ears", files, *sizes, note, converted=True)


def _piper(speaker: str, note: str) -> RecommendedModel:
    name = f"fr_FR-{speaker}-medium"
    base = f"rhasspy/piper-voices/resolve/main/fr/fr_FR/{speaker}/medium/{name}.onnx"
    files = (RemoteFile(f"{base}.json"), RemoteFile(base))
    return RecommendedModel(name, "voice", files, 63, 200, 1, note)


RECOMMENDED: tuple[RecommendedModel, ...] = (
    _whisper(
        "whisper-small", "Systran/faster-whisper-small", (484, 700, 4), "vocabulary.txt",
        "le minimum conseillé pour comprendre des appelants",
    ),
    _whisper(
        "whisper-base", "Systran/faster-whisper-base", (145, 350, 2), "vocabulary.txt",
        "pour une petite machine ; comprend moins bien",
    ),
    _whisper(
        "whisper-large-v3-turbo", "mobiuslabsgmbh/faster-whisper-large-v3-turbo", (1620, 2000, 8),
        "preprocessor_config.json vocabulary.json", "le meilleur, sur une machine de huit cœurs ou plus",
    ),
    _tuned_short(
        "small", (970, 700, 4), "répond plus vite que whisper-small ; son français n'a pas été mesuré"
    ),
    _tuned_short("base", (290, 350, 2), "répond vite sur une petite machine ; français non mesuré"),
    _tuned_short("tiny", (151, 250, 1), "le plus rapide et le moins sûr ; français non mesuré"),
    _piper("siwis", "voix de femme"),
    _piper("upmc", "deux voix, une femme et un homme"),
    _piper("tom", "voix d'homme"),
)  # fmt: skip
