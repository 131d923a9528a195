"""What hearing takes as the settings say where it is done: `python -m bench.cluster_client ROUNDS [MARK]`.

With MARK, 0 rounds: makes that file, keeps asking, and tells what each utterance took until all is as before.
"""

import argparse
import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from bench.report import summary
from prompts.load import load_town
from speech.audio import Samples
from speech.engines.espeak import Espeak, EspeakVoice
from speech.errors import EngineBusy, EngineFailed
from speech.pool import SpeechPool
from speech.telephone_band import over_telephone
from standardiste.settings import read_settings
from standardiste.speech_choice import speech_settings

SENTENCES = (
    "Oui.",
    "Bonjour, à quelle heure ouvrez-vous demain ?",
    "Je voudrais un rendez-vous pour un passeport mardi matin.",
    "Quels papiers faut-il pour une carte d'identité ?",
    "Il y a un lampadaire cassé devant chez moi, rue de la République, depuis trois jours.",
)
WITH_MARK = 12
PAUSE_S = 0.5


async def measured(pool: SpeechPool, said: list[Samples], rounds: int) -> dict[str, Any]:
    """One after the other, ms: from asking to the answer, and of that beside the decode itself."""
    assert pool.transcriber is not None
    whole, beside = [], []
    for samples in said * rounds:
        began = time.perf_counter()
        transcript = await pool.transcriber.transcribe(samples)
        took = 1000 * (time.perf_counter() - began)
        whole.append(took)
        beside.append(took - transcript.decode_ms)
    return {"answered_ms": summary(whole), "beside_decoding_ms": summary(beside)}


async def meanwhile(pool: SpeechPool, samples: Samples, mark: Path) -> dict[str, Any]:
    """The same, two at once, while a machine goes."""
    assert pool.transcriber is not None
    ear, took, failed = pool.transcriber, list[int](), list[str]()

    async def one() -> None:
        began = time.perf_counter()
        try:
            await ear.transcribe(samples)
        except (EngineBusy, EngineFailed) as error:
            failed.append(str(error))
        took.append(round(1000 * (time.perf_counter() - began)))

    await asyncio.to_thread(mark.touch)
    for _ in range(WITH_MARK):
        await asyncio.gather(one(), one())
        await asyncio.sleep(PAUSE_S)
    status = pool.status()
    assert status.ears is not None
    return {
        "answered_ms": took,
        "not_heard": failed,
        "given_to_a_second_machine": status.ears.restarts,
    }


async def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("rounds", type=int)
    parser.add_argument("mark", type=Path, nargs="?")
    args = parser.parse_args()
    speech = speech_settings(read_settings(os.environ, argparse.Namespace()), load_town())
    voice = Espeak(EspeakVoice("fr+f3"))
    said = [over_telephone(voice.synthesise(text, 1.0)) for text in SENTENCES]
    async with SpeechPool(speech) as pool:
        assert pool.transcriber is not None
        for samples in said:  # the first of each kind is slower everywhere
            await pool.transcriber.transcribe(samples)
        if args.mark:
            figures = await meanwhile(pool, said[1], args.mark)
        else:
            figures = await measured(pool, said, args.rounds)
    print(json.dumps(figures, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
