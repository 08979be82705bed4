"""Reading what a command is given, with every mistake told in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from lineside.models.mistakes import ScenarioMistakes
    from lineside.models.plan import Plan
    from lineside.models.reading import ReadResult


class BadInputError(Exception):
    """The input cannot be used.

    Parameters
    ----------
    sentences
        Every mistake, one text each.
    """

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = tuple(sentences)


def scenario_from(path: Path) -> ReadResult:
    """Read a scenario from a folder or a workbook.

    Raises
    ------
    BadInputError
        If there is none, or it has mistakes; all of them are told.
    """
    from lineside.models.mistakes import ScenarioMistakes
    from lineside.models.reading import read_scenario

    try:
        return read_scenario(path)
    except ScenarioMistakes as found:
        raise BadInputError(mistake_sentences(path, found)) from None
    except OSError as error:
        raise BadInputError([f"{path} cannot be read: {reason(error)}. Check the path and its permissions."]) from None


def mistake_sentences(path: Path, found: ScenarioMistakes) -> list[str]:
    """Return each mistake of a scenario, then how many there are."""
    mistakes = [mistake.sentence for mistake in found.mistakes]
    count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
    return [*mistakes, f"{path} has {count}. Nothing was done; correct the tables and try again."]


def plan_from(path: Path) -> Plan:
    """Read a plan file.

    Raises
    ------
    BadInputError
        If there is none, or its text is no plan.
    """
    from pydantic import ValidationError

    from lineside.models.plan import read_plan

    try:
        return read_plan(path)
    except OSError as error:
        raise BadInputError(
            [f"The plan {path} cannot be read: {reason(error)}. Give the JSON file of a solved plan."]
        ) from None
    except ValidationError as error:
        raise BadInputError([_plan_sentence(path, detail) for detail in error.errors(include_url=False)]) from None


def _plan_sentence(path: Path, detail: ErrorDetails) -> str:
    place = ", ".join(str(part + 1) if isinstance(part, int) else str(part) for part in detail["loc"])
    where = f"{path}, {place}" if place else f"{path}"
    return f"{where}: {detail['msg']}. Correct the file, or solve the scenario again."


def reason(error: OSError) -> str:
    """Return why the system refused, without its number."""
    return (error.strerror or str(error)).lower()
