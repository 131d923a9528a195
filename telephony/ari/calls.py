"""The things we ask of Asterisk, one method each (rest-api/api-docs/*.json of Asterisk 22)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote

from telephony.ari.models import Application, Bridge, Channel, field_of
from telephony.errors import AriRequestFailed, MalformedAriMessage


class Request(Protocol):
    async def __call__(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: object = None
    ) -> Any: ...


def _id(value: str) -> str:
    return quote(value, safe="")


class Ari:
    """Each method raises AriRequestFailed, AriTimeout, AriClosed, or MalformedAriMessage on an odd answer."""

    def __init__(self, request: Request) -> None:
        self._request = request

    # Asterisk itself

    async def ping(self) -> None:
        await self._request("GET", "asterisk/ping")

    async def version(self) -> str:
        system = field_of(await self._request("GET", "asterisk/info", {"only": "system"}), "system", dict)
        version: str = field_of(system, "version", str)
        return version

    async def started_at(self) -> datetime:
        """When this Asterisk was started."""
        status = field_of(await self._request("GET", "asterisk/info", {"only": "status"}), "status", dict)
        startup = field_of(status, "startup_time", str)
        try:
            return datetime.fromisoformat(startup)
        except ValueError as error:
            raise MalformedAriMessage(f"'startup_time' is no time: {error}") from error

    async def global_variable(self, name: str) -> str:
        """Empty where it is not set."""
        value: str = field_of(
            await self._request("GET", "asterisk/variable", {"variable": name}), "value", str
        )
        return value

    async def set_global_variable(self, name: str, value: str) -> None:
        await self._request("POST", "asterisk/variable", {"variable": name, "value": value})

    async def application(self, app: str) -> Application:
        return Application.from_json(await self._request("GET", f"applications/{_id(app)}"))

    async def subscribe(self, app: str, channel_id: str) -> None:
        """Have what happens to this channel told to the application, wherever in the dialplan it is."""
        await self._request(
            "POST", f"applications/{_id(app)}/subscription", {"eventSource": f"channel:{channel_id}"}
        )

    # Channels

    async def channels(self) -> tuple[Channel, ...]:
        return tuple(Channel.from_json(data) for data in await self._request("GET", "channels"))

    async def channel(self, channel_id: str) -> Channel:
        return Channel.from_json(await self._request("GET", f"channels/{_id(channel_id)}"))

    async def answer(self, channel_id: str) -> None:
        await self._request("POST", f"channels/{_id(channel_id)}/answer")

    async def ring(self, channel_id: str) -> None:
        await self._request("POST", f"channels/{_id(channel_id)}/ring")

    async def hang_up(self, channel_id: str, reason: str = "normal") -> None:
        """`reason`: normal, busy, congestion, no_answer..."""
        await self._request("DELETE", f"channels/{_id(channel_id)}", {"reason": reason})

    async def continue_in_dialplan(
        self, channel_id: str, context: str, extension: str, priority: int = 1
    ) -> None:
        await self._request(
            "POST",
            f"channels/{_id(channel_id)}/continue",
            {"context": context, "extension": extension, "priority": str(priority)},
        )

    async def go_on(self, channel_id: str) -> None:
        """Let it go on in the dialplan where it was."""
        await self._request("POST", f"channels/{_id(channel_id)}/continue")

    async def start_music(self, channel_id: str, music_class: str = "default") -> None:
        await self._request("POST", f"channels/{_id(channel_id)}/moh", {"mohClass": music_class})

    async def stop_music(self, channel_id: str) -> None:
        await self._request("DELETE", f"channels/{_id(channel_id)}/moh")

    async def variable(self, channel_id: str, name: str) -> str | None:
        """The variable's or dialplan function's value, None where it is not set."""
        try:
            data = await self._request("GET", f"channels/{_id(channel_id)}/variable", {"variable": name})
        except AriRequestFailed as error:
            if error.status == 404:
                return None
            raise
        value: str = field_of(data, "value", str)
        return value

    async def set_variable(self, channel_id: str, name: str, value: str) -> None:
        await self._request(
            "POST", f"channels/{_id(channel_id)}/variable", {"variable": name, "value": value}
        )

    async def send_keys(self, channel_id: str, keys: str) -> None:
        await self._request("POST", f"channels/{_id(channel_id)}/dtmf", {"dtmf": keys})

    async def originate(
        self,
        endpoint: str,
        app: str,
        *,
        channel_id: str,
        caller_id: str | None = None,
        timeout_s: int = 30,
        app_args: str = "",
        originator: str | None = None,
        other_channel_id: str | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> Channel:
        """Ring somebody; they come into our hands by a StasisStart when they answer.

        `other_channel_id`: of the other half of a Local channel.
        """
        query = {
            "endpoint": endpoint,
            "app": app,
            "appArgs": app_args,
            "channelId": channel_id,
            "timeout": str(timeout_s),
        }
        if caller_id is not None:
            query["callerId"] = caller_id
        if originator is not None:
            query["originator"] = originator
        if other_channel_id is not None:
            query["otherChannelId"] = other_channel_id
        body = None if variables is None else {"variables": dict(variables)}
        return Channel.from_json(await self._request("POST", "channels", query, body))

    async def originate_in_dialplan(
        self,
        endpoint: str,
        context: str,
        extension: str,
        *,
        channel_id: str,
        other_channel_id: str | None = None,
        caller_id: str = "",
        timeout_s: int = 30,
        variables: Mapping[str, str],
    ) -> Channel:
        """Ring somebody; when they answer they are in the dialplan.

        `other_channel_id`: of the other half of a Local channel.
        """
        query = {
            "endpoint": endpoint,
            "context": context,
            "extension": extension,
            "priority": "1",
            "channelId": channel_id,
            "callerId": caller_id,
            "timeout": str(timeout_s),
        }
        if other_channel_id is not None:
            query["otherChannelId"] = other_channel_id
        return Channel.from_json(
            await self._request("POST", "channels", query, {"variables": dict(variables)})
        )

    async def create_media_channel(self, app: str, channel_id: str, sound_format: str = "slin16") -> Channel:
        """A channel whose sound is a WebSocket; its address: variable MEDIA_WEBSOCKET_CONNECTION_ID."""
        return Channel.from_json(
            await self._request(
                "POST",
                "channels/externalMedia",
                {
                    "app": app,
                    "channelId": channel_id,
                    "external_host": "INCOMING",
                    "transport": "websocket",
                    "encapsulation": "none",
                    "connection_type": "server",
                    "format": sound_format,
                },
            )
        )

    # Bridges

    async def bridges(self) -> tuple[Bridge, ...]:
        return tuple(Bridge.from_json(data) for data in await self._request("GET", "bridges"))

    async def create_bridge(self, bridge_id: str) -> Bridge:
        """A mixing bridge under this id."""
        query = {"type": "mixing", "name": bridge_id}
        return Bridge.from_json(await self._request("POST", f"bridges/{_id(bridge_id)}", query))

    async def add_to_bridge(self, bridge_id: str, *channel_ids: str) -> None:
        await self._request(
            "POST", f"bridges/{_id(bridge_id)}/addChannel", {"channel": ",".join(channel_ids)}
        )

    async def remove_from_bridge(self, bridge_id: str, *channel_ids: str) -> None:
        await self._request(
            "POST", f"bridges/{_id(bridge_id)}/removeChannel", {"channel": ",".join(channel_ids)}
        )

    async def start_bridge_music(self, bridge_id: str, music_class: str = "default") -> None:
        await self._request("POST", f"bridges/{_id(bridge_id)}/moh", {"mohClass": music_class})

    async def stop_bridge_music(self, bridge_id: str) -> None:
        await self._request("DELETE", f"bridges/{_id(bridge_id)}/moh")

    async def delete_bridge(self, bridge_id: str) -> None:
        await self._request("DELETE", f"bridges/{_id(bridge_id)}")
