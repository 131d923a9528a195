"""What is ready to be said when the agent opens, and what is spoken meanwhile."""

import asyncio
from pathlib import Path

from speech.prompt_cache import SUFFIX
from speech.spoken import sentences_in, spoken
from standardiste.fixed_sentences import N_GREETING, fixed_sentences
from standardiste.settings import Settings
from standardiste.town import read_town
from standardiste.wiring import call_services


def settings_in(folder: Path) -> Settings:
    return Settings(
        data_dir=folder,
        models_dirs=(folder / "models",),
        ears="auto",
        commune_dir=None,
        database_url="sqlite://",
        ari=None,
        host="127.0.0.1",
        port=0,
        log_level="warning",
    )


def n_kept(folder: Path) -> int:
    return len(list((folder / "sentences").glob(f"*{SUFFIX}")))


def warming() -> list["asyncio.Task[object]"]:
    return [task for task in asyncio.all_tasks() if task.get_name() == "warming"]


async def test_the_greeting_is_ready_at_once_and_the_rest_follows(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    town = read_town(settings.commune_dir)
    texts = fixed_sentences(town)
    assert "automatique" in texts[0], "the legal notice is what every call begins with"
    # Sentences that differ in their signs alone are the same words.
    sentences = {spoken(sentence) for text in texts for sentence in sentences_in(text)}
    greeting = [sentence for text in texts[:N_GREETING] for sentence in sentences_in(text)]
    async with call_services(settings) as opened:
        assert len(greeting) <= n_kept(tmp_path) < len(sentences)
        for sentence in greeting:
            await asyncio.wait_for(opened.services.synthesiser.synthesise(sentence), 5)
        await asyncio.wait(warming())
        assert n_kept(tmp_path) == len(sentences)


async def test_leaving_while_sentences_are_still_being_spoken_leaves_nothing_behind(tmp_path: Path) -> None:
    async with call_services(settings_in(tmp_path)):
        pass
    assert not warming()
    assert not list((tmp_path / "sentences").glob(".*"))
