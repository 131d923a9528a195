"""Whisper models in CTranslate2 form, through faster-whisper.

Stock models (a 30 s window) go through `WhisperModel.transcribe()`. Models made or tuned for a shorter window
have their encoder and decoder called directly on short features, which is many times faster: those made for
it would fail on 30 s, those tuned for it need not wait for them.
"""

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import ctranslate2
import faster_whisper
import numpy as np
import numpy.typing as npt

from speech.audio import RATE_HZ, Samples
from speech.audio_files import to_float
from speech.calibration import Calibration, read_calibration
from speech.engine import Alternative, SoundKind, Transcript, Word
from speech.engines.ct2_file import WhisperShape, whisper_shape, whisper_version
from speech.engines.cutting import windows
from speech.engines.hints import hint_for
from speech.engines.pieces import (
    Piece,
    believable,
    heard_words,
    probability,
    sure_of,
    transcript_of,
    words_by_attention,
    words_by_length,
)
from speech.engines.together import Together, Utterance
from speech.engines.veto import Reading, Witness, read_witness
from speech.errors import UnusableModel
from speech.nonspeech import what_is
from speech.trust import OPEN
from speech.vad import holds_speech

MIN_DECODED_S = 0.4
"""Shorter sound is filled up with silence: the features of less are mostly edges."""
MAX_TOKENS_PER_S = 12
"""Assumed: more tokens than this in a second is the decoder running away."""
SPARE_TOKENS = 10
"""Beside those of the text: times, the end, a short word in hardly any sound."""
TUNED_STEP_S = 1.0
"""A model tuned for short features was tuned on whole seconds."""
DOUBTFUL = 0.6
"""Below this confidence other readings are looked for; it costs up to three times the first."""
READINGS = 3
WITNESSED_READINGS = 5
"""Where phonemes choose among them: with one reading alone, a fifth more of the words are wrong."""
OTHERS_S = 3.0
"""In longer sound other readings cost more than they are worth: they serve closed answers."""
OTHERS_LONGER = 4
"""Tokens that another reading may have more than the first."""
MAX_STOCK_TOKENS = 220
"""The decoder's 448 places hold the hint too."""
MULTILINGUAL_TOKENS = 51_865
"""Whisper's own vocabulary of many languages; smaller ones begin without language and task."""
HOP_SAMPLES = 160

Spoken = tuple[Samples, str]
"""Sound in which somebody speaks, and words that are likely in it."""


class Whisper(ABC):
    """What both ways of decoding share: silence, inventions, confidence."""

    def __init__(self, model: Any, name: str, language: str) -> None:
        self._model = model
        self._language = language
        self.name = f"whisper {name}"
        self.tokens_per_s = MAX_TOKENS_PER_S
        self.together: Together | None = None
        """Which utterances gain by being heard at once."""
        self.witness: Witness | None = None
        """Who confirms what was written, where the model comes with one."""
        self.calibration: Calibration | None = None
        """What its confidence is worth, where that was measured."""

    @abstractmethod
    def decode(self, samples: Samples, hint: str = "") -> list[Piece]:
        """What is written of the samples, `hint` being words that are likely in them."""

    def decode_many(self, spoken: Sequence[Spoken]) -> Iterator[list[Piece]]:
        """The same of each, in order, as soon as it is there: here one after the other."""
        return (self.decode(samples, hint) for samples, hint in spoken)

    def transcribe(self, samples: Samples, expects: str | None) -> Transcript:
        """The transcript of 16 kHz samples; an empty one where nobody speaks.

        A plain Whisper has no grammar of expected answers: `expects` only hints at what will be said.
        """
        return next(self.hear_many([Utterance(samples, expects)]))

    def hear_many(self, utterances: Sequence[Utterance]) -> Iterator[Transcript]:
        """Each one's transcript, in order, as soon as it is there: what it would be alone."""
        started = time.perf_counter()
        for one, (sound, pieces) in zip(utterances, self.pieces(utterances), strict=True):
            transcript = transcript_of(pieces, sound, self.witness)
            if self.calibration is not None:
                transcript = self.calibration.read(one.expects or OPEN, transcript)
            decode_ms = round((time.perf_counter() - started) * 1000)
            yield replace(transcript, audio_ms=len(one.samples) * 1000 // RATE_HZ, decode_ms=decode_ms)

    def pieces(self, utterances: Sequence[Utterance]) -> Iterator[tuple[SoundKind, list[Piece]]]:
        """Of each what is heard, and where it is speech, what was written of it that can be believed."""
        sounds = [what_is(one.samples, voice=holds_speech(one.samples)) for one in utterances]
        heard = list(zip(utterances, sounds, strict=True))
        written = self.decode_many(
            [(one.samples, hint_for(one.expects)) for one, sound in heard if sound == "speech"]
        )
        for one, sound in heard:
            if sound != "speech":
                yield sound, []
                continue
            hint = hint_for(one.expects)
            yield sound, [piece for piece in next(written) if believable(piece, hint)]

    def _max_tokens(self, n_samples: int) -> int:
        return SPARE_TOKENS + math.ceil(n_samples / RATE_HZ * self.tokens_per_s)


class StockWhisper(Whisper):
    """A Whisper with its usual 30 s window."""

    def decode(self, samples: Samples, hint: str = "") -> list[Piece]:
        """All segments, with word times. `hint` is put before what is written, as `hotwords`.

        There is no second reading to be had cheaply here, so these pieces have no alternatives.
        """
        segments, _ = self._model.transcribe(
            to_float(samples),
            language=self._language if self._model.model.is_multilingual else None,
            beam_size=1,
            temperature=0.0,
            without_timestamps=False,
            condition_on_previous_text=False,
            word_timestamps=True,
            hotwords=hint or None,
            max_new_tokens=min(MAX_STOCK_TOKENS, self._max_tokens(len(samples))),
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
                seconds=segment.end - segment.start,
                no_speech=segment.no_speech_prob,
            )
            for segment in segments
        ]


@dataclass(frozen=True, eq=False)
class _Stretch:
    """Sound that fits the window, ready to be decoded."""

    samples: Samples
    offset: int
    """Where in the utterance it begins, in samples."""
    features: npt.NDArray[np.float32]
    """(1, mel bands, frames)"""
    prompt: list[int]
    max_tokens: int

    @property
    def like(self) -> tuple[object, ...]:
        """The same for all that are decoded in one go: CTranslate2 has no mask for what is shorter."""
        return self.features.shape, tuple(self.prompt), self.max_tokens


class ShortWhisper(Whisper):
    """A Whisper made or tuned for a shorter window, fed only as much as was said."""

    def __init__(self, model: Any, shape: WhisperShape, name: str, language: str) -> None:
        super().__init__(model, name, language)
        self._tuned = shape.tuned_short
        self._window_samples = shape.positions * 2 * HOP_SAMPLES
        self._text_positions = shape.text_positions
        self._end = self._token("<|endoftext|>")
        self._multilingual = model.hf_tokenizer.get_vocab_size() >= MULTILINGUAL_TOKENS
        prompt = ["<|startoftranscript|>"]
        if self._multilingual:
            prompt += [f"<|{language}|>", "<|transcribe|>"]
        self._start = [self._token(name) for name in (*prompt, "<|notimestamps|>")]
        # The project's own small models gain nothing by it as utterances come (bench.cluster_batches).
        step = int(TUNED_STEP_S * RATE_HZ)
        self.together = Together(step, self._window_samples) if self._tuned else None

    def _token(self, name: str) -> int:
        number: int | None = self._model.hf_tokenizer.token_to_id(name)
        if number is None:
            raise UnusableModel(f"{self.name} : le vocabulaire n'a pas {name}")
        return number

    def prompt(self, hint: str) -> list[int]:
        """The tokens that a decode begins with. A model of one language has not learnt to take hints."""
        if not hint or not self._multilingual:
            return self._start
        words = self._model.hf_tokenizer.encode(f" {hint}", add_special_tokens=False).ids
        return [self._token("<|startofprev|>"), *words, *self._start]

    def decode(self, samples: Samples, hint: str = "") -> list[Piece]:
        """Each stretch that fits the window, cut where it is quietest."""
        return next(self.decode_many([(samples, hint)]))

    def decode_many(self, spoken: Sequence[Spoken]) -> Iterator[list[Piece]]:
        """Stretches that are alike are decoded in one go, when the first of them is asked for."""
        fits = self._window_samples
        cut = [[self._stretch(s[a:b], a, hint) for a, b in windows(s, fits)] for s, hint in spoken]
        groups: dict[tuple[object, ...], list[_Stretch]] = {}
        for stretch in (one for stretches in cut for one in stretches):
            groups.setdefault(stretch.like, []).append(stretch)
        pieces = {like: self._pieces(group) for like, group in groups.items()}
        for stretches in cut:
            yield [next(pieces[stretch.like]) for stretch in stretches]

    def _stretch(self, samples: Samples, offset: int, hint: str) -> _Stretch:
        features = self._features(samples)
        # A tuned model is fed whole seconds, and may write as much of all that it is fed as long alike.
        n_fed = features.shape[2] * HOP_SAMPLES if self._tuned else len(samples)
        return _Stretch(samples, offset, features, self.prompt(hint), self._max_tokens(n_fed))

    def _pieces(self, group: list[_Stretch]) -> Iterator[Piece]:
        """What is written of stretches that are alike, in order."""
        features = np.concatenate([one.features for one in group])
        memory = self._memory(features)
        how: dict[str, Any] = {"return_logits_vocab": True}
        if self.witness is not None:
            how = {"beam_size": WITNESSED_READINGS, "num_hypotheses": WITNESSED_READINGS}
        results = self._generate(memory, [one.prompt for one in group], group[0].max_tokens, **how)
        rows = np.asarray(memory)
        for number, (one, result) in enumerate(zip(group, results, strict=True)):
            if self.witness is not None:
                yield self._witnessed(one, result, self.witness)
            else:
                own = ctranslate2.StorageView.from_array(rows[number : number + 1])
                yield self._written(one, result, own)

    def _memory(self, features: npt.NDArray[np.float32]) -> Any:
        """What the decoder looks at: the sound encoded, once for all that is done with it.

        CTranslate2 takes what has as many positions as there are mel bands for features (its
        `WhisperEncoder::is_encoded`) and would encode it again: nonsense is then heard. Of a sound of that
        length, 1.6 s, it is given the features, and encodes them itself.
        """
        view = ctranslate2.StorageView.from_array(features)
        _, n_bands, n_frames = features.shape
        return view if n_frames == 2 * n_bands else self._model.model.encode(view)

    def _written(self, stretch: _Stretch, result: Any, memory: Any) -> Piece:
        """The one reading, and where it is doubtful, what else it may have been."""
        samples, offset = stretch.samples, stretch.offset
        tokens = [token for token in result.sequences_ids[0] if token < self._end]
        steps = zip(tokens, result.logits[0], strict=False)
        logprobs = [sure_of(np.asarray(logits), token) for token, logits in steps]
        logprob = float(np.mean(logprobs)) if logprobs else 0.0
        text = self._text(tokens)
        alternatives: tuple[Alternative, ...] = ()
        if tokens and probability(logprob) < DOUBTFUL and len(samples) <= OTHERS_S * RATE_HZ:
            alternatives = self._others(memory, stretch.prompt, len(tokens) + OTHERS_LONGER, text)
        said = [(self._text(ids), probs) for ids, probs in self._groups(tokens, logprobs)]
        if self._tuned and tokens:
            n_frames = stretch.features.shape[2]
            [looked] = self._model.model.align(memory, self._start[:-1], [tokens], n_frames)
            words = words_by_attention(said, looked.alignments, offset, n_frames * HOP_SAMPLES)
        else:
            # The small decoders' attention says nothing of time (seen on one such model: the first tokens all
            # at frame 0).
            words = words_by_length(said, offset, len(samples))
        seconds = len(samples) / RATE_HZ
        return Piece(text, logprob, len(tokens), words, seconds, result.no_speech_prob, alternatives)

    def _witnessed(self, stretch: _Stretch, result: Any, witness: Witness) -> Piece:
        """The best of several readings, by the decoder and the phonemes together."""
        readings: dict[str, Reading] = {}
        for tokens, logprob in zip(result.sequences_ids, result.scores, strict=True):
            text = self._text([token for token in tokens if token < self._end])
            readings.setdefault(text, Reading(text, logprob))
        seconds = len(stretch.samples) / RATE_HZ
        found = witness.best(list(readings.values()), stretch.samples)
        if found is None:
            return Piece("", 0.0, 0, (), seconds, result.no_speech_prob)
        others = tuple(Alternative(one.text, probability(one.logprob)) for one in found.others)
        return Piece(
            found.text, found.logprob, len(found.text), heard_words(found, stretch.offset), seconds,
            result.no_speech_prob, others, found.score,
        )  # fmt: skip

    def _generate(self, memory: Any, prompts: list[list[int]], max_tokens: int, **how: Any) -> Any:
        """A result for each prompt; all are as long."""
        how = {"beam_size": 1, **how}
        n_prompt = len(prompts[0])
        # CTranslate2 gives a text at most half of `max_length`, and at most what the prompt leaves of it.
        wanted = max(2 * max_tokens, n_prompt + max_tokens)
        # Beyond the decoder's positions CTranslate2 raises, and the worker with it.
        room = self._text_positions - 1
        # suppress_blank=False: nothing at all is an answer too.
        return self._model.model.generate(
            memory,
            prompts,
            suppress_blank=False,
            return_scores=True,
            return_no_speech_prob=True,
            max_length=min(wanted, max(room, 2 * (room - n_prompt))),
            **how,
        )

    def _others(self, memory: Any, prompt: list[int], max_tokens: int, text: str) -> tuple[Alternative, ...]:
        """What else it may have been, by a wider search over the same encoding."""
        [result] = self._generate(memory, [prompt], max_tokens, beam_size=READINGS, num_hypotheses=READINGS)
        others: dict[str, float] = {}
        for tokens, score in zip(result.sequences_ids, result.scores, strict=True):
            other = self._text([token for token in tokens if token < self._end])
            if other and other != text:
                others.setdefault(other, probability(score))
        return tuple(Alternative(other, confidence) for other, confidence in others.items())

    def _text(self, tokens: list[int]) -> str:
        text: str = self._model.hf_tokenizer.decode(tokens)
        return text.strip()

    def _features(self, samples: Samples) -> npt.NDArray[np.float32]:
        """(1, mel bands, frames) log-mel, an even number of frames and no more than the window."""
        values = to_float(samples)
        n_samples = max(len(values), int(MIN_DECODED_S * RATE_HZ))
        if self._tuned:
            step = int(TUNED_STEP_S * RATE_HZ)
            n_samples = -(-n_samples // step) * step
        else:
            # Models made for a short window come from a training that brings sound to zero mean and unit
            # variance.
            values = (values - values.mean()) / max(float(values.std()), 1e-5)
        n_samples = min(n_samples, self._window_samples)
        mel = self._model.feature_extractor(values, padding=n_samples - len(values) + HOP_SAMPLES)
        n_frames = n_samples // HOP_SAMPLES // 2 * 2
        return np.ascontiguousarray(mel[None, :, :n_frames], dtype=np.float32)

    def _groups(self, tokens: list[int], logprobs: list[float]) -> list[tuple[list[int], list[float]]]:
        """The tokens word by word, with their log-probabilities."""
        groups: list[tuple[list[int], list[float]]] = []
        for token, logprob in zip(tokens, logprobs, strict=False):
            if not groups or self._model.hf_tokenizer.decode([token]).startswith(" "):
                groups.append(([], []))
            groups[-1][0].append(token)
            groups[-1][1].append(logprob)
        return groups


def load_whisper(folder: Path, language: str = "fr") -> Whisper:
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
        recogniser.witness = read_witness(folder)
    else:
        recogniser = StockWhisper(model, folder.name, language)
    recogniser.calibration = read_calibration(folder, whisper_version(folder))
    recogniser.decode(np.zeros(RATE_HZ, np.int16))
    return recogniser


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
