"""What the attention decoder writes: words in lower case, no punctuation, numbers in full, as byte pairs."""

import re
from collections.abc import Iterable
from pathlib import Path

import tokenizers

from speech.grammar.numbers import cardinal

N_PIECES = 900
"""Pieces of words, the 256 bytes among them. Few, so that words never trained on can be spelt."""
END, START, NO_SPEECH, NO_TIMES = "<|endoftext|>", "<|startoftranscript|>", "<|nospeech|>", "<|notimestamps|>"
SPECIAL = (
    END, START, "<|fr|>", "<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", NO_SPEECH,
    NO_TIMES, *(f"<|{number * 0.02:.2f}|>" for number in range(401)),
)  # fmt: skip
"""Behind the pieces, in Whisper's order: all from `END` on is no text. Times up to the 8 s window."""

_NOT_SAID = re.compile(r"[^\w'\- ]+|_")


def written(text: str) -> str:
    """The text as the decoder is taught to write it.

    >>> written("Bonjour, c’est pour le PACS !")
    "bonjour c'est pour le pacs"
    """
    in_words = re.sub(r"\d+", lambda digits: f" {cardinal(int(digits[0]))} ", text.lower())
    return " ".join(_NOT_SAID.sub(" ", in_words.replace("’", "'")).split())


def learnt_pieces(texts: Iterable[str]) -> tokenizers.Tokenizer:
    """A byte-pair tokenizer learnt from these texts, with Whisper's special tokens behind its pieces."""
    made = tokenizers.Tokenizer(tokenizers.models.BPE())
    made.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=N_PIECES,
        initial_alphabet=sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    made.train_from_iterator((f" {written(text)}" for text in texts), trainer)
    made.add_special_tokens(list(SPECIAL))
    return made


def pieces_of(made: tokenizers.Tokenizer, text: str) -> list[int]:
    """The numbers of a text's pieces; none for no text."""
    plain = written(text)
    return list(made.encode(f" {plain}", add_special_tokens=False).ids) if plain else []


def pieces_file(path: Path, texts: Iterable[str]) -> tokenizers.Tokenizer:
    """The tokenizer kept at `path`, learnt from the texts where there is none yet."""
    if not path.exists():
        learnt_pieces(texts).save(str(path))
    return tokenizers.Tokenizer.from_file(str(path))
