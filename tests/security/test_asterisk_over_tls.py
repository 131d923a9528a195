"""An agent on another machine than Asterisk: ARI and the sound over TLS, to the right Asterisk or to none."""

from dataclasses import replace

import pytest

from telephony.ari.client import connected
from telephony.bridge_status import error_in_french
from telephony.errors import AriUntrusted
from tests.support.echo_app import is_echoed, serving
from tests.support.lab import AsteriskLab
from tests.support.sip_caller import SipPhone

pytestmark = pytest.mark.asterisk


async def test_a_call_is_served_over_tls_once_the_certificate_is_trusted(
    lab: AsteriskLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(lab.authority))
    secure = replace(lab.settings, url=f"https://localhost:{lab.tls_port}")
    async with serving(secure) as bridge, SipPhone.opened() as phone:
        call = await phone.ring(lab.sip, "0596000000")
        assert await is_echoed(call)
        assert bridge.status.total_calls == 1
        await call.hang_up()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_a_certificate_that_nobody_vouches_for_or_of_another_name_gets_no_password(
    lab: AsteriskLab, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    if host == "127.0.0.1":  # vouched for, but for another name
        monkeypatch.setenv("SSL_CERT_FILE", str(lab.authority))
    secure = replace(lab.settings, url=f"https://{host}:{lab.tls_port}")
    with pytest.raises(AriUntrusted) as refused:
        async with connected(secure):
            pass
    assert "certificat" in error_in_french(refused.value, secure)
