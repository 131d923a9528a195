"""The few messages that travel along a call's pipeline, beside pipecat's own lifecycle and audio frames.

Downstream: AudioFrame of the caller → HeardFrame → SayFrame → SentenceFrame → the line.
Upstream: what answer is expected next, and what the caller really heard.
"""

from dataclasses import dataclass, field

from pipecat.frames.frames import ControlFrame, DataFrame, OutputAudioRawFrame, SystemFrame

from speech.engine import Transcript
from telephony.timings import TurnTimings

# ---- from the line ---------------------------------------------------------------------------


@dataclass
class DigitFrame(SystemFrame):
    """The caller pressed a key, one of 0-9*#."""

    key: str


@dataclass
class MarkPlayedFrame(SystemFrame):
    """The caller has heard everything sent before this mark."""

    mark_id: str


@dataclass
class LineGoneFrame(SystemFrame):
    """The caller hung up, or the line broke."""


# ---- from the Ear ------------------------------------------------------------------------------


@dataclass
class CallerSpeaksFrame(SystemFrame):
    """The caller has begun to speak: no-input timers stop."""


@dataclass
class LineAliveFrame(SystemFrame):
    """For the first time, the line has brought some sound, if only that of a room."""


@dataclass
class SoftenFrame(SystemFrame):
    """Somebody may be speaking over the agent: its voice goes on at this gain, 1 being as usual."""

    gain: float


@dataclass
class HoldFrame(SystemFrame):
    """The caller speaks over the agent: it is silent until what they said is known."""


@dataclass
class UtteranceOverFrame(SystemFrame):
    """The caller has finished; what they said is being transcribed, unless it was too short to be speech."""

    speech_end: float
    """When their last speech was heard, in seconds of the event loop's clock."""


@dataclass
class HeardFrame(DataFrame):
    """One utterance of the caller, transcribed. An interruption never drops what a caller said."""

    transcript: Transcript
    barge_in: bool
    """Some of it was said over the agent, who was silent then."""
    timings: TurnTimings
    over_agent: bool = False
    """It began while the agent spoke."""
    stretch: float = 1.0
    """How much longer than usual this caller is given to go on."""
    interruptible: bool = field(default=False, init=False)


# ---- from the DialogProcessor --------------------------------------------------------------------


@dataclass
class ExpectFrame(SystemFrame):
    """Upstream: the kind of answer that the question now asked waits for, None for an open one."""

    expects: str | None
    choices: tuple[str, ...]
    """The answers themselves, in words, where there is a choice."""


@dataclass
class SayFrame(DataFrame):
    """A sentence for the Mouth."""

    text: str
    protected: bool
    """True: an interruption neither drops nor cuts it (legal notices)."""
    pause_ms: int
    """Silence before it: people breathe between two sentences."""
    timings: TurnTimings | None
    """Of the turn it answers; only on the first sentence of an answer."""
    slowly: bool = False
    """The caller asked for slower speech."""
    number: int = -1
    """Counted through the call."""
    question: bool = False
    """The last words before it is the caller's turn."""
    announces_recording: bool = False
    """Once it was heard, the call may be recorded."""
    personal: bool = False
    """It says somebody's number, name or reference: it is not recorded."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.interruptible = not self.protected


@dataclass
class ResumeFrame(SystemFrame):
    """It was nothing: say again the sentence that was held, and what follows."""


@dataclass
class ListenFrame(ControlFrame):
    """All has been said once this reaches the line: it is the caller's turn."""


@dataclass
class TransferFrame(ControlFrame):
    """Give the caller to a person, once all that was said has been heard."""

    service: str
    interruptible: bool = field(default=False, init=False)


@dataclass
class HangUpFrame(ControlFrame):
    """End the call, once all that was said has been heard."""

    interruptible: bool = field(default=False, init=False)


# ---- from the Mouth ------------------------------------------------------------------------------


@dataclass
class SentenceFrame(OutputAudioRawFrame):
    """One synthesised sentence, whole, 16 kHz mono int16."""

    protected: bool = False
    timings: TurnTimings | None = None
    say: int = -1
    """The number of the saying that it belongs to."""
    opens: bool = True
    """It is the first sentence of that saying."""
    question: bool = False
    """The last words before it is the caller's turn."""
    announces_recording: bool = False
    """Once it was heard, the call may be recorded."""
    personal: bool = False
    """It is not recorded."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.interruptible = not self.protected


# ---- upstream, from the line's output ------------------------------------------------------------


@dataclass
class AgentVoiceFrame(SystemFrame):
    """The caller begins or ceases to hear the agent."""

    speaking: bool
    protected: bool


@dataclass
class CallersTurnFrame(SystemFrame):
    """The caller has heard all there was to say, and nothing is playing."""


@dataclass
class TransferDoneFrame(DataFrame):
    service: str
    reached: bool
    interruptible: bool = field(default=False, init=False)
