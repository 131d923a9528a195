"""Where the engines are when they run on machines of their own."""

from dataclasses import dataclass, field

EARS, VOICE = "ecoute", "voix"
"""Where each kind of engine answers, below a machine's address."""


@dataclass(frozen=True)
class ClusterSettings:
    """How a process that needs the engines reaches them."""

    addresses: tuple[str, ...]
    """Of the machines, `http://10.0.0.11:8090`: each answers for all, those that are gone included."""
    secret: str | None = field(default=None, repr=False)
    """What proves that we may ask; None where the engines ask for none."""


@dataclass(frozen=True)
class NodeSettings:
    """One machine of the engines."""

    host: str
    """Its own address, that the others reach it by."""
    port: int
    """Where the engines answer, the same on every machine; 0 is none."""
    head: str
    """`HOST:PORT` of the machine that leads the others; on its own address it is this one."""
    secret: str | None = field(default=None, repr=False)
    replicas: tuple[int, int] = (1, 8)
    """Of the ears, at least and at most; one keeps one core busy while it works."""
    cores: int | None = None
    """Of this machine, that engines may have; None: all."""
    heard_at_once: int = 4
    """Utterances that wait in front of an ear and that a tuned Whisper may hear in one go, at most; 1: one by
    one."""

    @property
    def leads(self) -> bool:
        """Whether this is the machine that the others join."""
        return self.head.rpartition(":")[0] == self.host
