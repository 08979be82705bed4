"""Reading what a command is given, with every mistake told in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from lineside.models.mistakes import Findings, ScenarioMistakes
    from lineside.models.plan import Plan
    from lineside.models.raw import RawScenario
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


def scenario_from(path: Path, edits: Sequence[Path] = ()) -> ReadResult:
    """Read a scenario from a folder, a workbook or a variant file, with edits made.

    Parameters
    ----------
    path
        Where it is.
    edits
        Files of edits to make on top.

    Returns
    -------
    The scenario. Its warnings tell of edits that the base has already, too.

    Raises
    ------
    BadInputError
        If there is none, it has mistakes, or an edit does not fit; all of that is told.
    """
    from lineside.models.mistakes import ScenarioMistakes
    from lineside.models.reading import ReadResult, result_of

    raw, findings, settled = texts_from(path, edits)
    try:
        result = result_of(raw, findings)
    except ScenarioMistakes as found:
        raise BadInputError(mistake_sentences(path, found)) from None
    return ReadResult(result.scenario, (*settled, *result.warnings))


def texts_from(path: Path, edits: Sequence[Path] = ()) -> tuple[RawScenario, Findings, tuple[str, ...]]:
    """Read a scenario's texts with edits made, what was found while reading, and what the base has already.

    Raises
    ------
    BadInputError
        If there are no texts, or an edit cannot be read or does not fit the base.
    """
    from lineside.models.mistakes import Findings, ScenarioMistakes
    from lineside.scenarios.edits import EditError
    from lineside.scenarios.variant_files import source_of, texts_of

    findings = Findings()
    try:
        _, variant = texts_of(source_of(path, edits), findings)
    except EditError as error:
        raise BadInputError(error.sentences) from None
    except ScenarioMistakes as found:
        raise BadInputError(mistake_sentences(path, found)) from None
    except OSError as error:
        where = error.filename or path
        raise BadInputError([f"{where} cannot be read: {reason(error)}. Check the path and its permissions."]) from None
    if variant.conflicts:
        sentences = [conflict.sentence for conflict in variant.conflicts]
        count = "1 change does" if len(sentences) == 1 else f"{len(sentences)} changes do"
        raise BadInputError(
            [*sentences, f"{count} not fit the base. Nothing was done; correct the edits and try again."]
        )
    return variant.raw, findings, variant.settled


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
