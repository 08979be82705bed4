"""The command notices: whose next meeting changes, and what to tell them."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

from lineside.scenarios.notices import Notice, notices
from lineside.service.cli_inputs import BadInputError, plan_from, reason
from lineside.service.cli_plans import scenario_and_plan
from lineside.service.console import Listing, Screen
from lineside.service.notice_sheet import COLUMNS, notice_rows
from lineside.service.plan_files import whole_file

SHOWN = ("who", "id", "name", "company", "date", "time", "changes", "later", "subject")


def tell_notices(
    scenario_path: Path,
    old_path: Path,
    new_path: Path,
    at: dt.datetime | None,
    days: int,
    file: Path | None,
    screen: Screen,
) -> None:
    """List whom to tell of changes within some days, and write the texts.

    Parameters
    ----------
    scenario_path
        The tables of the new plan.
    old_path, new_path
        The plan in force until now, and from now on.
    at
        Local moment of the region; now if None.
    days
        Changes of meetings within so many days.
    file
        The CSV file to write; None for none.

    Raises
    ------
    BadInputError
        If an input cannot be read or the file not be written.
    """
    scenario, new = scenario_and_plan(scenario_path, new_path, screen)
    old = plan_from(old_path)
    now = at or dt.datetime.now(scenario.settings.zone).replace(tzinfo=None)
    found = notices(scenario, old, new, now, days)
    rows = [row[: len(SHOWN)] for row in notice_rows(found)]
    screen.listing(Listing(f"To be told of changes within {days} days of {now:%Y-%m-%d %H:%M}", "notice", SHOWN, rows))
    noun = "person must" if len(found) == 1 else "people must"
    screen.say(f"{len(found)} {noun} be told beside the calendars.")
    if file is not None:
        _write(file, found)
        screen.say(f"Written: {file}")


def _write(path: Path, found: tuple[Notice, ...]) -> None:
    try:
        with whole_file(path) as part, part.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(notice_rows(found))
    except OSError as error:
        text = f"{path} could not be written: {reason(error)}. Make room or choose another place."
        raise BadInputError([text]) from None
