"""When each step of a turn happened, so that its latency can be told apart into its causes."""

from dataclasses import dataclass


@dataclass
class TurnTimings:
    """Instants in seconds of the event loop's clock; 0.0 where it did not happen.

    Filled in by each processor as the turn passes; read by the bench and by the call's report.
    """

    speech_end: float = 0.0
    """The caller's last speech frame."""
    endpointed: float = 0.0
    """The silence was judged long enough."""
    transcribed: float = 0.0
    synthesis_started: float = 0.0
    synthesised: float = 0.0
    """The first sentence of the answer was ready."""
    sent: float = 0.0
    """Its first samples were given to the line."""

    @property
    def framework_ms(self) -> float:
        """All but waiting for silence, transcription and synthesis."""
        total = self.sent - self.speech_end
        waited = self.endpointed - self.speech_end
        decoding = self.transcribed - self.endpointed
        speaking = self.synthesised - self.synthesis_started
        return 1000.0 * (total - waited - decoding - speaking)

    @property
    def latency_ms(self) -> float:
        """End of the caller's speech to the answer's first samples given to the line."""
        return 1000.0 * (self.sent - self.speech_end)
