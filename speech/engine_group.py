"""What stands between the clients of an engine and wherever it runs."""

from collections.abc import Mapping
from typing import Any, Protocol

from speech.engine import Priority
from speech.worker import Message
from speech.worker_group import GroupStatus


class EngineGroup(Protocol):
    """Engines of one kind: the workers of this machine, or those of a cluster."""

    @property
    def name(self) -> str:
        """The engine's, known once it is started."""
        ...

    @property
    def pids(self) -> frozenset[int]:
        """The processes of this machine that are ready to work."""
        ...

    @property
    def known(self) -> Mapping[str, Any]:
        """What engines of other machines tell of themselves, once started; empty for those of this one."""
        ...

    def spare(self, in_hand: int) -> int:
        """How many are free, as far as is known here, with so much work in hand."""
        ...

    def status(self) -> GroupStatus:
        """For `/readyz` and `/metrics`."""
        ...

    async def start(self) -> None:
        """Raises UnusableModel."""
        ...

    async def ask(self, request: Message, priority: Priority) -> Message:
        """The engine's answer. Raises EngineBusy and EngineFailed."""
        ...

    async def aclose(self) -> None:
        """Ends it; what waits fails with EngineFailed."""
        ...
