"""The commands about edits: making one from two scenarios, and telling what differs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lineside.scenarios.changes import Cells, ScenarioChanges, TableChange, changes_between
from lineside.scenarios.edits import EditError, ScenarioEdit, edit_between, write_edit
from lineside.scenarios.pace import PaceError, pace_steps
from lineside.scenarios.table_steps import stepped_texts
from lineside.service.cli_inputs import BadInputError, reason, scenario_from, texts_from
from lineside.service.cli_respond import date_from
from lineside.service.console import Listing, Screen

OTHER_PLAN = "The plans in force differ too. An edit has no part in them; a variant has the plan in force of its base."


def write_difference(base: Path, changed: Path, out: Path, name: str | None, screen: Screen) -> None:
    """Write the edit that turns a scenario into another one.

    Raises
    ------
    BadInputError
        If a scenario or a path cannot be used, or there is no difference.
    """
    _refuse_existing(out)
    before, after = texts_from(base)[0], texts_from(changed)[0]
    try:
        edit = edit_between(before, after, name or out.stem.replace("_", " "))
    except EditError as error:
        raise BadInputError(error.sentences) from None
    if changes_between(before, after).has_other_published:
        screen.say(OTHER_PLAN)
    if not edit.num_changes:
        raise BadInputError([f"{base} and {changed} do not differ. Change something in {changed} first."])
    _write(edit, out, screen)


def write_pace(
    base: Path, closing: str | None, days: Sequence[str], target: tuple[Path, str | None], screen: Screen
) -> None:
    """Write the edit that gives a term another pace.

    Parameters
    ----------
    base
        The scenario.
    closing, days
        As for :func:`lineside.scenarios.pace.pace_steps`.
    target
        The file to write, and what the edit is about.

    Raises
    ------
    BadInputError
        If the scenario, the date, the days or the path cannot be used, or nothing would change.
    """
    out, name = target
    _refuse_existing(out)
    scenario = scenario_from(base).scenario
    before = texts_from(base)[0]
    try:
        steps = pace_steps(scenario, None if closing is None else date_from(closing), days)
        edit = edit_between(before, stepped_texts(before, steps), name or out.stem.replace("_", " "))
    except PaceError as error:
        raise BadInputError([str(error)]) from None
    except EditError as error:
        raise BadInputError(error.sentences) from None
    if not edit.num_changes:
        raise BadInputError(["The term has this pace already. Choose another closing date or other days."])
    _write(edit, out, screen)


def _refuse_existing(out: Path) -> None:
    if out.exists():
        raise BadInputError([f"{out} is there already. Choose a new name, so that nothing is lost."])


def _write(edit: ScenarioEdit, out: Path, screen: Screen) -> None:
    try:
        write_edit(edit, out)
    except OSError as error:
        raise BadInputError([f"{out} cannot be written: {reason(error)}. Choose another place."]) from None
    screen.say(f"{edit.name}: {'1 change' if edit.num_changes == 1 else f'{edit.num_changes:,} changes'}.")
    screen.say(f"Written: {out}")


def tell_difference(base: Path, other: Path, edits: Sequence[Path], screen: Screen) -> None:
    """Tell what differs between two scenarios, the other one with edits made.

    Raises
    ------
    BadInputError
        If a scenario cannot be read, or an edit cannot be made.
    """
    before, after = texts_from(base)[0], texts_from(other, edits)
    for sentence in after[2]:
        screen.say(f"Warning: {sentence}")
    changes = changes_between(before, after[0])
    if changes.is_empty:
        screen.say("The scenarios do not differ.")
        return
    for listing in difference_listings(changes):
        screen.listing(listing)
    if changes.has_other_published:
        screen.say("The plans in force differ.")


def difference_listings(changes: ScenarioChanges) -> list[Listing]:
    """Return tables of what differs: the settings first, then one for each table of rows."""
    settings = [
        (key if section is None else f"{section}.{key}", before or "none", after or "none")
        for section, key, before, after in ((c.section, c.key, c.before, c.after) for c in changes.settings)
    ]
    listings = [Listing("Settings", "setting", ("key", "before", "after"), settings)]
    return [*listings, *map(_table_listing, changes.tables)]


def _table_listing(change: TableChange) -> Listing:
    rows = [
        ("changed", row.key, "; ".join(f"{c.column}: {c.before or 'empty'} → {c.after or 'empty'}" for c in row.cells))
        for row in change.changed
    ]
    rows += [("added", _named(cells), _texts(cells)) for cells in change.added]
    rows += [("removed", _named(cells), _texts(cells)) for cells in change.removed]
    return Listing(change.table, change.table, ("what", "row", "cells"), rows)


def _named(cells: Cells) -> str:
    return cells[0][1] if cells else ""


def _texts(cells: Cells) -> str:
    return "; ".join(f"{column}: {text}" for column, text in cells[1:] if text)
