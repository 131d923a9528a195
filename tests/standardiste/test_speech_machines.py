"""A town whose hearing and speaking runs on other machines: three of them, a real cluster of Ray."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

from speech.audio import RATE_HZ
from speech.cluster_settings import ClusterSettings
from speech.pool import SpeechPool
from speech.settings import SpeechSettings
from speech.telephone_band import over_telephone
from tests.support.speech_machines import SECRET, SpeechMachine, free_speech_port, speech_machines

HOSTS = ("127.0.0.11", "127.0.0.12", "127.0.0.13")


@pytest.fixture(scope="module")
def machines() -> Iterator[list[SpeechMachine]]:
    """One that leads, and speaks; two that hear."""
    with speech_machines(HOSTS, cores=(1, 1, 1), replicas="2-2", port=free_speech_port()) as there:
        yield there


def settings_of(machines: list[SpeechMachine]) -> SpeechSettings:
    cluster = ClusterSettings(tuple(one.address for one in machines), SECRET)
    return SpeechSettings(cluster=cluster)


@pytest.mark.timeout(300)  # it starts a dozen processes, each of which loads a lot
async def test_other_machines_hear_and_speak_and_one_that_dies_in_mid_work_costs_a_second_try(
    machines: list[SpeechMachine], tmp_path: Path
) -> None:
    async with SpeechPool(settings_of(machines)) as pool:
        assert pool.transcriber is not None
        assert pool.transcriber.name.startswith("intégré")
        assert pool.trust is not None
        assert pool.worker_pids == frozenset()
        said = over_telephone((await pool.synthesiser.synthesise("Oui.")).samples)
        assert (await pool.transcriber.transcribe(said, expects="yes_no")).text == "oui"
        recording = tmp_path / "oui.wav"
        soundfile.write(recording, said, RATE_HZ)
        line = await asyncio.to_thread(transcribed, recording, machines)
        assert line["text"] == "oui"

        # Both ears are held in the middle of their work, and one of their machines dies.
        workers = {one.host: one.workers("builtin") for one in machines}
        lost, kept = (one for one in machines if workers[one.host])
        for process in (*workers[lost.host], *workers[kept.host]):
            process.send_signal(signal.SIGSTOP)
        asked = [asyncio.create_task(pool.transcriber.transcribe(said, expects="yes_no")) for _ in range(4)]
        await asyncio.sleep(1.0)
        assert not any(task.done() for task in asked)
        await asyncio.to_thread(lost.die)
        for process in workers[kept.host]:
            process.send_signal(signal.SIGCONT)
        assert {transcript.text for transcript in await asyncio.gather(*asked)} == {"oui"}
        status = pool.status()
        assert status.ears is not None
        assert 1 <= status.ears.restarts <= 4


def transcribed(recording: Path, machines: list[SpeechMachine]) -> dict[str, str]:
    """What `standardiste transcribe` says of it, as a process that has these machines in its settings."""
    import os

    done = subprocess.run(
        [sys.executable, "-m", "standardiste", "transcribe", str(recording), "--expects", "yes_no"],
        env={
            **os.environ,
            "STANDARDISTE_DATA": str(recording.parent / "data"),
            "STANDARDISTE_SPEECH": ",".join(one.address for one in machines),
            "STANDARDISTE_SPEECH_SECRET": SECRET,
        },
        capture_output=True,
        check=True,
        timeout=60,
    )
    line: dict[str, str] = json.loads(done.stdout)
    return line
