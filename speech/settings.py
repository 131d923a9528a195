"""What a town may choose about hearing and speaking."""

import os
from dataclasses import dataclass
from pathlib import Path

from speech.cluster_settings import ClusterSettings


@dataclass(frozen=True)
class SpeechSettings:
    """Read once at start and passed down."""

    model_dirs: tuple[Path, ...] = ()
    """Folders that hold models, the preferred first; each model is a folder or a Piper `.onnx` in them."""
    ears: str = "auto"
    """`auto` (the best installed, else the built-in one), `builtin`, `builtin-whisper` (with its decoder),
    `none` (keypad only), a model's name, or the path of its folder."""
    phrases: tuple[str, ...] = ()
    """What callers say to an open question, for the built-in recogniser, which hears nothing else."""
    keywords: tuple[str, ...] = ()
    """Words that it looks for where none of the phrases was said."""
    pronunciations: tuple[tuple[str, str], ...] = ()
    """What is written, and how it is said: the town's own names."""
    voice: str = "auto"
    """`auto` (the best installed), `espeak`, an espeak voice such as `fr+f3`, a name, or a path."""
    ear_workers: int = min(2, os.cpu_count() or 1)
    """Processes that transcribe; each holds the model once and keeps one core busy while it works."""
    voice_workers: int = 1
    queue_size: int = 32
    """Pieces of work that may wait in front of the ears, and as many in front of the voice."""
    decode_timeout_s: float = 15.0
    synthesis_timeout_s: float = 15.0
    queue_wait_s: float = 5.0
    """How long work may wait for its turn."""
    cached_sentences: int = 512
    """Sentences whose sound is kept in memory (about 100 KB each)."""
    sentences_dir: Path | None = None
    """Where published sentences are kept spoken, from one start to the next; None: in memory alone."""
    sentences_mb: int = 256
    """How large that folder may become (over two hours of speech); what was used least goes first."""
    cluster: ClusterSettings | None = None
    """The machines that hear and speak for this one; None: it does so itself."""
