"""The commands about tables: new, validate and convert."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lineside.models.folder import refuse_existing
from lineside.models.mistakes import ScenarioMistakes
from lineside.models.reading import result_of, write_texts
from lineside.models.tables import TABLES
from lineside.models.template import new_scenario
from lineside.service.cli_inputs import BadInputError, mistake_sentences, reason, scenario_from, texts_from
from lineside.service.console import Screen


def make_new(directory: Path, screen: Screen) -> None:
    """Make a folder of empty tables and a workbook template.

    Raises
    ------
    BadInputError
        If the folder holds something already or cannot be made.
    """
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise BadInputError([f"{directory} is there already and not empty. Choose a new folder."])
    try:
        new_scenario(directory)
    except OSError as error:
        raise BadInputError([f"{directory} cannot be made: {reason(error)}. Choose another place."]) from None
    for path in sorted(directory.iterdir()):
        screen.say(f"Written: {path}")
    screen.say("Fill in the tables or the workbook, then run lineside validate on the folder or the workbook.")


def tell_validity(path: Path, edits: Sequence[Path], screen: Screen) -> None:
    """Read a scenario with edits made and tell its warnings and its size.

    Raises
    ------
    BadInputError
        If it has mistakes; all of them are told.
    """
    result = scenario_from(path, edits)
    for warning in result.warnings:
        screen.say(f"Warning: {warning}")
    scenario = result.scenario
    for name in TABLES:
        rows = getattr(scenario, name)
        screen.say(f"{name}: {'no table' if rows is None else f'{len(rows):,} rows'}")
    settings = scenario.settings
    screen.say(f"{settings.name}: {settings.weeks} weeks from {settings.first_day.isoformat()}.")
    screen.say("The scenario has no mistakes.")


def convert_scenario(source: Path, target: Path, edits: Sequence[Path], screen: Screen) -> None:
    """Turn a folder into a workbook or a workbook into a folder, with edits made.

    Raises
    ------
    BadInputError
        If the source has mistakes, an edit does not fit, or the target is there already or cannot hold the scenario.
    """
    try:
        refuse_existing(target)
        raw, findings, settled = texts_from(source, edits)
        warnings = (*settled, *result_of(raw, findings).warnings)
        write_texts(raw, target)
    except ScenarioMistakes as found:
        raise BadInputError(mistake_sentences(source, found)) from None
    except FileExistsError:
        raise BadInputError([f"{target} is there already. Choose a new name, so that nothing is lost."]) from None
    except OSError as error:
        raise BadInputError([f"{target} cannot be written: {reason(error)}. Choose another place."]) from None
    except ValueError as error:
        raise BadInputError([str(error)]) from None
    for warning in warnings:
        screen.say(f"Warning: {warning}")
    screen.say(f"Written: {target}")
