"""Whisper models in CTranslate2 form, through faster-whisper.

Stock models (a 30 s window) go through `WhisperModel.transcribe()`. Models made for a shorter window would
fail there, because it pads to 30 s: their encoder and decoder are called directly on short features, which
is also many times faster (see `bench asr`).
"""

import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import ctranslate2
import faster_whisper
import numpy as np
import numpy.typing as npt

from speech.audio import RATE_HZ, Samples
from speech.audio_files import to_float
from speech.engine import Transcript, Word
from speech.engines.ct2_file import WhisperShape, whisper_shape
from speech.engines.inventions import goes_in_circles, is_invention
from speech.errors import UnusableModel
from speech.telephone_band import level_dbfs
from speech.vad import holds_speech

SILENCE_LEVEL_DBFS = -65.0
"""Quieter than this there is nobody: not even worth asking the speech detector."""
MIN_DECODED_S = 0.4
"""Shorter sound is filled up with silence: the features of less are mostly edges."""
CUT_SEARCH_S = 2.0
"""How far before the window's end the quietest point is looked for."""
MAX_TOKENS_PER_S = 12
"""Assumed: more tokens than this in a second is the decoder running away."""
NO_SPEECH_SURE = 0.8
HOP_SAMPLES = 160


class Recogniser(Protocol):
    """A loaded recogniser, as a worker holds it."""

    name: str

    def transcribe(self, samples: Samples, expects: str | None) -> Transcript: ...


@dataclass(frozen=True)
class Piece:
    """One decoded stretch of an utterance."""

    text: str
    logprob: float
    """Mean log-probability of a token."""
    n_tokens: int
    words: tuple[Word, ...]


def load_whisper(folder: Path, language: str = "fr") -> Recogniser:
    """The recogniser of this model folder, warmed up; raises UnusableModel in one plain sentence."""
    if not folder.is_dir():
        raise UnusableModel(f"{folder} : ce dossier de modèle n'existe pas")
    shape = whisper_shape(folder)
    if not (folder / "tokenizer.json").is_file():
        raise UnusableModel(f"{folder} : tokenizer.json manque dans ce dossier de modèle")
    try:
        model = faster_whisper.WhisperModel(
            str(folder), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True
        )
    except (RuntimeError, ValueError, OSError) as error:
        raise UnusableModel(f"{folder} : ce modèle ne se charge pas ({_first_line(error)})") from error
    recogniser: StockWhisper | ShortWhisper
    if shape.short:
        recogniser = ShortWhisper(model, shape, folder.name, language)
    else:
        recogniser = StockWhisper(model, folder.name, language)
    recogniser.decode(np.zeros(RATE_HZ, np.int16))
    return recogniser


class _Whisper:
    """What both ways of decoding share: silence, inventions, confidence."""

    def __init__(self, model: Any, name: str, language: str) -> None:
        self._model = model
        self._language = language
        self.name = f"whisper {name}"

    def decode(self, samples: Samples) -> list[Piece]:
        raise NotImplementedError

    def transcribe(self, samples: Samples, expects: str | None) -> Transcript:  # noqa: ARG002
        """The transcript of 16 kHz samples; an empty one where nobody speaks.

        A plain Whisper has no grammar of expected answers, so `expects` changes nothing here.
        """
        started = time.perf_counter()
        audio_ms = len(samples) * 1000 // RATE_HZ
        pieces: list[Piece] = []
        if level_dbfs(samples) > SILENCE_LEVEL_DBFS and holds_speech(samples):
            pieces = [piece for piece in self.decode(samples) if _believable(piece)]
        decode_ms = round((time.perf_counter() - started) * 1000)
        n_tokens = sum(piece.n_tokens for piece in pieces)
        if not n_tokens:
            return Transcript("", 0.0, audio_ms=audio_ms, decode_ms=decode_ms)
        logprob = sum(piece.logprob * piece.n_tokens for piece in pieces) / n_tokens
        return Transcript(
            text=" ".join(piece.text for piece in pieces),
            confidence=_probability(logprob),
            words=tuple(word for piece in pieces for word in piece.words),
            audio_ms=audio_ms,
            decode_ms=decode_ms,
        )


class StockWhisper(_Whisper):
    """A Whisper with its usual 30 s window."""

    def decode(self, samples: Samples) -> list[Piece]:
        """All segments, with word times."""
        segments, _ = self._model.transcribe(
            to_float(samples),
            language=self._language if self._model.model.is_multilingual else None,
            beam_size=1,
            temperature=0.0,
            without_timestamps=False,
            condition_on_previous_text=False,
            word_timestamps=True,
        )
        return [
            Piece(
                text=segment.text.strip(),
                logprob=segment.avg_logprob,
                n_tokens=len(segment.tokens),
                words=tuple(
                    Word(
                        word.word.strip(),
                        round(word.start * 1000),
                        round(word.end * 1000),
                        float(word.probability),
                    )
                    for word in segment.words or ()
                ),
            )
            for segment in segments
            if not (segment.no_speech_prob > NO_SPEECH_SURE and segment.avg_logprob < -1.0)
        ]


class ShortWhisper(_Whisper):
    """A Whisper made for a shorter window, fed only as much as was said."""

    def __init__(self, model: Any, shape: WhisperShape, name: str, language: str) -> None:
        super().__init__(model, name, language)
        self._window_samples = shape.positions * 2 * HOP_SAMPLES
        tokens = model.hf_tokenizer
        self._end = self._token(tokens, "<|endoftext|>")
        prompt = ["<|startoftranscript|>"]
        if model.model.is_multilingual:
            prompt += [f"<|{language}|>", "<|transcribe|>"]
        self._prompt = [self._token(tokens, name) for name in (*prompt, "<|notimestamps|>")]

    def _token(self, tokens: Any, name: str) -> int:
        number: int | None = tokens.token_to_id(name)
        if number is None:
            raise UnusableModel(f"{self.name} : le vocabulaire n'a pas {name}")
        return number

    def decode(self, samples: Samples) -> list[Piece]:
        """Each stretch that fits the window, cut where it is quietest."""
        return [self._piece(samples[a:b], a) for a, b in windows(samples, self._window_samples)]

    def _piece(self, samples: Samples, offset: int) -> Piece:
        features = ctranslate2.StorageView.from_array(self._features(samples))
        encoded = self._model.model.encode(features)
        seconds = len(samples) / RATE_HZ
        result = self._model.model.generate(
            encoded,
            [self._prompt],
            beam_size=1,
            suppress_blank=False,
            return_scores=True,
            return_logits_vocab=True,
            max_length=len(self._prompt) + 6 + math.ceil(seconds * MAX_TOKENS_PER_S),
        )[0]
        tokens = [token for token in result.sequences_ids[0] if token < self._end]
        steps = zip(tokens, result.logits[0], strict=False)
        logprobs = [_logprob(np.asarray(logits), token) for token, logits in steps]
        text = self._model.hf_tokenizer.decode(tokens).strip()
        words = self._words(tokens, logprobs, offset, len(samples))
        return Piece(text, float(np.mean(logprobs)) if logprobs else 0.0, len(tokens), words)

    def _features(self, samples: Samples) -> npt.NDArray[np.float32]:
        """(1, mel bands, frames) log-mel, an even number of frames and no more than the window."""
        values = to_float(samples)
        # These models come from a training that brings sound to zero mean and unit variance.
        values = (values - values.mean()) / max(float(values.std()), 1e-5)
        missing = max(0, int(MIN_DECODED_S * RATE_HZ) - len(values))
        extractor = self._model.feature_extractor
        mel = extractor(values, padding=missing + HOP_SAMPLES)
        n_frames = min(mel.shape[1], 2 * (self._window_samples // (2 * HOP_SAMPLES))) // 2 * 2
        return np.ascontiguousarray(mel[None, :, :n_frames], dtype=np.float32)

    def _words(
        self, tokens: list[int], logprobs: list[float], offset: int, n_samples: int
    ) -> tuple[Word, ...]:
        """The words with their confidence; times are shared out by the words' lengths.

        The small decoders' attention says nothing of time (seen on one such model: the first tokens all at
        frame 0), so their times are an estimate from the length of the text.
        """
        groups: list[tuple[list[int], list[float]]] = []
        for token, logprob in zip(tokens, logprobs, strict=False):
            if not groups or self._model.hf_tokenizer.decode([token]).startswith(" "):
                groups.append(([], []))
            groups[-1][0].append(token)
            groups[-1][1].append(logprob)
        texts = [(self._model.hf_tokenizer.decode(ids).strip(), probs) for ids, probs in groups]
        texts = [(text, probs) for text, probs in texts if text]
        per_letter = n_samples / max(1, sum(len(text) + 1 for text, _ in texts))
        words: list[Word] = []
        at = float(offset)
        for text, probs in texts:
            end = at + (len(text) + 1) * per_letter
            confidence = _probability(float(np.mean(probs)))
            words.append(Word(text, _ms(at), _ms(end), confidence))
            at = end
        return tuple(words)


def windows(samples: Samples, window_samples: int) -> list[tuple[int, int]]:
    """Where to cut so that each stretch fits the window: at the quietest 100 ms near its end."""
    cuts: list[tuple[int, int]] = []
    start = 0
    block = RATE_HZ // 50
    while len(samples) - start > window_samples:
        low = start + window_samples - int(min(CUT_SEARCH_S * RATE_HZ, window_samples / 2))
        blocks = samples[low : start + window_samples].astype(np.float64)
        blocks = blocks[: len(blocks) // block * block].reshape(-1, block)
        power = np.convolve((blocks**2).mean(axis=1), np.ones(5), mode="valid")
        cut = low + (int(power.argmin()) + 2) * block + block // 2
        cuts.append((start, cut))
        start = cut
    cuts.append((start, len(samples)))
    return cuts


def _believable(piece: Piece) -> bool:
    return bool(piece.text) and not is_invention(piece.text) and not goes_in_circles(piece.text)


def _logprob(logits: npt.NDArray[np.float32], token: int) -> float:
    values = logits.astype(np.float64)
    top = values.max()
    return float(values[token] - top - math.log(np.exp(values - top).sum()))


def _probability(logprob: float) -> float:
    return round(min(1.0, math.exp(logprob)), 4)


def _ms(n_samples: float) -> int:
    return round(n_samples * 1000 / RATE_HZ)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
