"""How it is judged what a failure does to callers; the failures: tests/telephony/test_failures_proved.py."""

import asyncio

import numpy as np
import pytest

from bench.call_air import dead_air_s
from bench.call_link import laid
from bench.call_records import Kept
from bench.call_scripts import Promise
from bench.call_tally import Played, Tally
from tests.support.hearing import sound_of
from tests.support.rtp_stream import PACKET_SAMPLES, Heard
from tests.support.sounds import tone

TONE = tone(0.02, 440, 8000)
VOICE = (TONE.astype(np.int32) // 2 + tone(0.02, 900, 8000) // 2).astype(np.int16)
NOBODY = np.zeros(PACKET_SAMPLES, np.int16)


def heard(*stretches: tuple[float, float, "np.ndarray[tuple[int], np.dtype[np.int16]]"]) -> list[Heard]:
    """From when until when, and what."""
    return [
        Heard(at, samples, 0)
        for start, end, samples in stretches
        for at in np.arange(start, end, 0.02).tolist()
    ]


@pytest.mark.parametrize(
    ("line", "silent_s"),
    [
        (heard(), 10.0),
        (heard((0, 10, NOBODY)), 10.0),
        (heard((0, 4, VOICE), (6.5, 10, VOICE)), 2.5),
        (heard((2, 3.5, TONE), (7, 8.5, TONE), (8.6, 10, VOICE)), 2.0),
        (heard((0, 1.5, TONE)), 8.5),
        (heard((-5, -1, VOICE), (1, 12, VOICE)), 1.0),
    ],
    ids=["nothing came", "silence came", "a pause", "ringing", "it rang no more", "from the failure on"],
)
def test_dead_air_is_the_longest_time_without_a_voice_or_the_pauses_of_a_ringing(
    line: list[Heard], silent_s: float
) -> None:
    assert dead_air_s(line, 0.0, 10.0) == pytest.approx(silent_s, abs=0.05)


def test_what_was_heard_is_held_against_what_was_written_and_nobody_is_counted_as_served_who_was_not() -> (
    None
):
    said, other = "C'est noté : l'accueil vous rappellera.", "Votre rendez-vous est annulé depuis hier matin."
    whole = np.concatenate([sound_of(said), np.zeros(8000, np.int16)])
    calls = [
        Played("1", promise=Promise("callback", whole)),
        Played("2", promise=Promise("booking", whole)),
        Played("3", promise=Promise("callback", whole)),
        Played("4", interrupted=True, owed_words=True, words_s=2.7, dead_air_s=2.8, human=True),
        Played("5", interrupted=True, owed_words=True, dead_air_s=3.5),
    ]
    tally = Tally()
    tally.judge(calls, Kept(called_back={"1": [said], "2": [said], "3": [other], "6": [said, said]}))
    assert (tally.promised, tally.lost, tally.otherwise, tally.doubled) == (3, 1, 1, 1)
    assert (tally.interrupted, tally.humans, tally.forgotten, tally.wordless) == (2, 1, 1, 1)
    assert not tally.kept
    total = Tally()
    total.add(tally)
    total.add(tally)
    assert total.calls == 10
    assert total.told()["dead_air_s"]["max"] == 3.5


async def test_a_link_that_is_pulled_keeps_what_was_sent_and_one_that_is_torn_ends() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(100):
            writer.write(piece)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server, laid(server.sockets[0].getsockname()[:2]) as link:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(link.url.rpartition(":")[2]))
        writer.write(b"before ")
        assert await reader.readexactly(7) == b"before "
        link.pull()
        writer.write(b"meanwhile")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(9), 0.2)
        await link.mend()
        assert await asyncio.wait_for(reader.readexactly(9), 5) == b"meanwhile"
        await link.tear()
        assert await asyncio.wait_for(reader.read(), 5) == b""
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", int(link.url.rpartition(":")[2]))
        writer.close()
