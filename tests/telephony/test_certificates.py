"""The certificate of an Asterisk elsewhere: what is wrong with it is told to whoever can mend it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from telephony.ari.client import AsteriskSettings, connected
from telephony.bridge_status import error_in_french
from telephony.errors import AriUntrusted
from tests.support.certificates import ENDS, https

PAST = datetime(2021, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("host", "until", "known", "told"),
    [
        (
            "localhost",
            ENDS,
            False,
            "n'est signé par personne que cette machine connaisse : y faire connaître",
        ),
        ("ailleurs.example", ENDS, True, "n'est pas à ce nom : donner l'adresse avec le nom"),
        ("localhost", PAST, True, "n'est pas valable aujourd'hui : le renouveler"),
    ],
)
async def test_each_wrong_certificate_is_refused_with_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, until: datetime, known: bool, told: str
) -> None:
    with https(tmp_path, host, until) as (port, pem):
        if known:
            monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        settings = AsteriskSettings(url=f"https://localhost:{port}", password="secret")
        with pytest.raises(AriUntrusted) as refused:
            async with connected(settings):
                pass
    assert told in error_in_french(refused.value, settings)
