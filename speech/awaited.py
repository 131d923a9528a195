"""What callers are awaited to say to an open question, for a recogniser that hears nothing else."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Awaited:
    phrases: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    """Looked for where none of the phrases was said."""

    @cached_property
    def digest(self) -> str:
        """What tells one list from another."""
        return hashlib.sha256(json.dumps([self.phrases, self.keywords]).encode()).hexdigest()[:16]
