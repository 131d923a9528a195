"""What can be wrong in a town's content, said so that a secretary can put it right."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    file: str
    """Relative to the town's folder."""
    line: int
    """Counted from 1."""
    message: str
    """French: what is wrong and what was expected."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class PromptsError(Exception):
    """Something about a town's content failed."""


class ContentError(PromptsError):
    """The content cannot be used; `problems` has one entry per thing to put right."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
