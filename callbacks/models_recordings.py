"""The sound of recorded calls: what opens each is here, the sound itself is a file elsewhere."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from callbacks.models_base import Base


class CallSound(Base):
    """The recording of one call. Without this row its file is noise: it goes with the call, or before."""

    __tablename__ = "call_sounds"

    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True)
    file: Mapped[str] = mapped_column(String(40), unique=True)
    wrapped_key: Mapped[str] = mapped_column(String(120))
    """The call's own key, wrapped in the installation's (RFC 3394), in hexadecimal."""
    began_at: Mapped[datetime] = mapped_column(index=True)
