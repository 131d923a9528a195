"""What Asterisk's voicemail keeps is found, told apart from what it is not, and erased whole."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callbacks.voicemail import Swept, Voicemail, VoicemailAway
from telephony.ari.caller_id import e164
from tests.support.voicemail import leave_message

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
OWN, OTHER = "+596696112233", "+33612345678"


def mailbox(folder: Path) -> Voicemail:
    return Voicemail(folder, e164)


def test_messages_are_found_wherever_asterisk_has_put_them_and_told_by_number(tmp_path: Path) -> None:
    leave_message(tmp_path, 0, NOW, "0696112233")
    heard = leave_message(tmp_path, 0, NOW + timedelta(hours=1), '"Cadet" <0696112233>', folder="Old")
    leave_message(tmp_path, 1, NOW + timedelta(hours=2), "0612345678", seconds=12)
    leave_message(tmp_path, 2, NOW + timedelta(hours=3), "")
    leave_message(tmp_path, 3, NOW, "0696112233", folder="tmp")
    box = mailbox(tmp_path)
    found = [(each.number, each.seconds) for each in box.messages()]
    assert found == [(None, 4), (OTHER, 12), (OWN, 4), (OWN, 4)]
    (late,) = box.of_number(OWN, NOW + timedelta(minutes=30))
    assert late.sound == heard
    assert box.find(late.id) == late
    heard.rename(heard.with_name("msg0007.wav"))
    heard.with_suffix(".txt").rename(heard.with_name("msg0007.txt"))
    moved = box.find(late.id)
    assert moved is not None, "another number, the same message"
    assert moved.sound.name == "msg0007.wav"


def test_what_is_no_whole_message_is_left_out(tmp_path: Path) -> None:
    leave_message(tmp_path, 0, NOW, "0696112233").unlink()
    leave_message(tmp_path, 1, NOW, "0696112233").with_suffix(".txt").write_bytes(b"\xff\x00origtime=hier\n")
    (tmp_path / "INBOX" / "msg0002.txt").mkdir()
    (tmp_path / "greet.wav").write_bytes(b"RIFF")
    assert mailbox(tmp_path).messages() == ()
    assert mailbox(tmp_path).find("../../etc/passwd") is None


def test_what_has_served_its_time_goes_with_all_that_lies_beside_it(tmp_path: Path) -> None:
    old = leave_message(tmp_path, 0, NOW - timedelta(days=31), "0696112233")
    old.with_suffix(".WAV").write_bytes(b"the same, in another format")
    leave_message(tmp_path, 1, NOW, "0612345678")
    box = mailbox(tmp_path)
    assert box.sweep(NOW - timedelta(days=30)) == Swept(erased=1)
    assert sorted(each.name for each in (tmp_path / "INBOX").iterdir()) == ["msg0001.txt", "msg0001.wav"]
    assert box.erase_of(OWN) == Swept()
    assert box.erase_of(OTHER) == Swept(erased=1)
    assert box.messages() == ()


def test_what_cannot_be_erased_is_counted(tmp_path: Path) -> None:
    stuck = leave_message(tmp_path, 0, NOW, "0696112233")
    stuck.with_suffix(".gsm").mkdir()
    leave_message(tmp_path, 1, NOW, "0696112233")
    assert mailbox(tmp_path).erase_of(OWN) == Swept(erased=1, left=1)


def test_one_message_is_erased_and_no_other(tmp_path: Path) -> None:
    for number in range(2):
        leave_message(tmp_path, number, NOW + timedelta(minutes=number), "")
    box = mailbox(tmp_path)
    last, first = box.messages()
    assert box.erase(last.id) == Swept(erased=1)
    assert box.erase(last.id) == Swept()
    assert box.messages() == (first,)


def test_a_mailbox_that_asterisk_has_not_made_yet_is_empty(tmp_path: Path) -> None:
    assert mailbox(tmp_path / "mairie" / "101").messages() == ()


def test_messages_that_are_on_another_machine_are_told_to_be_away(tmp_path: Path) -> None:
    with pytest.raises(VoicemailAway):
        mailbox(tmp_path / "voicemail" / "mairie" / "101").messages()
