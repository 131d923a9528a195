"""Fixtures of the whole test-suite; what they give lives in tests/support/."""

from tests.support.lab import lab, worker_name

__all__ = ["lab", "worker_name"]
