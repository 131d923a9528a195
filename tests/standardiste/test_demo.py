"""`make demo` as a newcomer sees it, with nothing installed but the project."""

import subprocess
import sys
import wave
from pathlib import Path

import pytest


@pytest.mark.timeout(180)
def test_the_demonstration_hears_its_callers_answers_them_and_leaves_the_sound(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "standardiste.demo"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "STANDARDISTE_DATA": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = done.stdout
    assert "intégré" in told, "the recogniser that comes with the project"
    for heard in ("mairie", "déchèterie", "passeport"):
        assert any(heard in line for line in told.splitlines() if "☎" in line), f"{heard} was not heard"
    assert "samedi 28 novembre, de 7 h à 13 h et de 14 h à 17 h" in told
    assert "timbre fiscal de 86 euros" in told
    assert "make serve" in told.splitlines()[-1]
    assert "make asterisk" in told.splitlines()[-1]
    with wave.open(str(tmp_path / "call.wav")) as sound:
        assert (sound.getnchannels(), sound.getframerate(), sound.getsampwidth()) == (2, 16_000, 2)
        assert 40 < sound.getnframes() / 16_000 < 115
