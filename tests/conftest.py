"""Fixtures of the whole test-suite; what they give lives in tests/support/."""

from tests.support import examples
from tests.support.databases import database, database_url, postgres
from tests.support.lab import lab, worker_name
from tests.support.recogniser import recogniser_dir, town_ears_dir

__all__ = ["database", "database_url", "lab", "postgres", "recogniser_dir", "town_ears_dir", "worker_name"]

examples.use_them()
