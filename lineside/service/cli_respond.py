"""The command respond: one thing happened to a plan in force, and what could be done about it."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from lineside.models.checker import check
from lineside.models.plan import write_plan
from lineside.models.reading import ScenarioMistakes, read_texts, write_texts
from lineside.scenarios.disruptions import (
    ClosedRoom,
    Disruption,
    DisruptionError,
    DropOut,
    LateJoiner,
    ShiftChange,
    SickInstructor,
    SnowDay,
)
from lineside.scenarios.in_force import InForceError
from lineside.scenarios.table_steps import stepped_texts
from lineside.service.answers.answer import Answer
from lineside.service.answers.desk import AnswerDesk, PlanInForceError
from lineside.service.cli_inputs import BadInputError, mistake_sentences, reason
from lineside.service.cli_plans import scenario_and_plan
from lineside.service.console import Listing, Screen, figure

MOST_DEEDS = 12
"""Sentences of one answer on the screen; the plan that is written has them all."""
MEASURE_COLUMNS = {
    "line_time_lost": "line time lost",
    "unseated_hours": "unseated hours",
    "dollars": "dollars",
    "travel_minutes": "travel minutes",
}
"""Measures whose difference is shown, with their names."""


@dataclass(frozen=True)
class Happened:
    """What the command line says has happened: one of them, as texts."""

    late_joiner: Path | None = None
    drop_out: str | None = None
    rota: str | None = None
    line: str | None = None
    sick: tuple[str, str, str] | None = None
    closed: tuple[str, str, str] | None = None
    snow: dt.date | None = None
    site: str | None = None

    def disruption(self) -> Disruption:
        """Return it as one disruption.

        Raises
        ------
        BadInputError
            If none or several are given, or a part cannot be read.
        """
        given = [name for name in ("late_joiner", "drop_out", "rota", "sick", "closed", "snow") if self._has(name)]
        if len(given) != 1:
            told = " and ".join(f"--{name.replace('_', '-')}" for name in given) or "nothing"
            choice = "--late-joiner, --drop-out, --rota, --sick, --closed and --snow"
            raise BadInputError([f"What happened is {told}. Give exactly one of {choice}."])
        for name, partner in (("line", "rota"), ("site", "snow")):
            if self._has(name) and not self._has(partner):
                raise BadInputError([f"--{name} says nothing without --{partner}. Give both, or leave it out."])
        if self.late_joiner is not None:
            return LateJoiner(row=_joiner(self.late_joiner))
        if self.drop_out is not None:
            return DropOut(apprentice=self.drop_out)
        if self.rota is not None:
            person, equals, rota = self.rota.partition("=")
            if not (person and equals and rota):
                raise BadInputError([f"{self.rota} is no ID=ROTA. Write the apprentice, an equals sign and the rota."])
            return ShiftChange(apprentice=person, rota=rota, line=self.line)
        if self.snow is not None:
            return SnowDay(date=self.snow, site=self.site)
        if self.sick is not None:
            name, first, last = self.sick
            return SickInstructor(instructor=name, first=date_from(first), last=date_from(last))
        name, first, last = self.closed or ("", "", "")
        return ClosedRoom(room=name, first=date_from(first), last=date_from(last))

    def _has(self, name: str) -> bool:
        return getattr(self, name) is not None


@dataclass(frozen=True)
class Taking:
    """Which answer is taken, and where its plan and its tables go."""

    number: int | None = None
    plan: Path | None = None
    tables: Path | None = None

    def refuse_half(self) -> None:
        """Refuse a taking that says what without where, or where without what.

        Raises
        ------
        BadInputError
            If it does.
        """
        if self.number is None and (self.plan or self.tables):
            raise BadInputError(["No answer is taken, so nothing can be written. Add --take with its number."])
        if self.number is not None and not (self.plan and self.tables):
            raise BadInputError(["An answer is a new plan and new tables. Add --out and --tables to --take."])
        if self.tables is not None and self.tables.exists():
            raise BadInputError([f"{self.tables} exists already. Choose another name for the new tables."])


def date_from(text: str) -> dt.date:
    """Return the date of a text.

    Raises
    ------
    BadInputError
        If it is none.
    """
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise BadInputError([f"{text} is no date. Write it as YYYY-MM-DD."]) from None


def _joiner(path: Path) -> dict[str, str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except OSError as error:
        raise BadInputError([f"{path} cannot be read: {reason(error)}. Check the path and its permissions."]) from None
    except (UnicodeDecodeError, csv.Error):
        raise BadInputError([f"{path} is no CSV file in UTF-8. Save the row of the new apprentice as CSV."]) from None
    if len(rows) != 1:
        raise BadInputError([f"{path} has {len(rows)} rows. Give a header and the row of one new apprentice."])
    if None in rows[0] or None in rows[0].values():
        raise BadInputError([f"The row in {path} has not as many cells as its header. Give each column one cell."])
    return {str(column).strip(): cell for column, cell in rows[0].items()}


def tell_answers(
    scenario_path: Path,
    plan_path: Path,
    at: dt.date | None,
    notice_days: int,
    happened: Happened,
    limits: tuple[int, int],
    taking: Taking,
    screen: Screen,
) -> None:
    """Tell what could be done about what happened; write the answer that is taken.

    Parameters
    ----------
    scenario_path, plan_path
        The tables, and the plan in force.
    at
        Date from which on something may change; today if None.
    notice_days
        Days from then on that stay as they are.
    happened
        What happened.
    limits
        Most answers, and most changes beyond those that must be.
    taking
        The answer to take.

    Raises
    ------
    BadInputError
        If anything of that cannot be used.
    """
    event = happened.disruption()
    taking.refuse_half()
    scenario, plan = scenario_and_plan(scenario_path, plan_path, screen)
    try:
        desk = AnswerDesk(scenario, plan, at or dt.date.today(), notice_days)
        found = desk.answers(event, *limits)
    except (DisruptionError, InForceError, PlanInForceError) as error:
        raise BadInputError([str(error)]) from None
    except ValidationError as error:
        raise BadInputError([detail["msg"] for detail in error.errors(include_url=False)]) from None
    screen.say(f"Nothing changes before {desk.scenario.settings.frozen_until} unless it must.")
    screen.listing(_listing(found))
    for number, answer in enumerate(found, 1):
        _tell(number, answer, screen)
    if taking.number is not None:
        _take(scenario_path, found, taking, screen)


def _listing(found: tuple[Answer, ...]) -> Listing:
    columns = ("no.", "answer", "cost", *MEASURE_COLUMNS.values(), "changes", "people")
    rows = [
        (
            str(number),
            answer.title,
            f"{answer.cost:+,.1f}",
            *(f"{_difference(answer, name):+,.1f}" for name in MEASURE_COLUMNS),
            str(answer.num_changes),
            str(answer.num_people),
        )
        for number, answer in enumerate(found, 1)
    ]
    numeric = frozenset(columns) - {"answer"}
    return Listing("What could be done, the cheapest first (line-minutes)", "answer", columns, rows, numeric)


def _difference(answer: Answer, measure: str) -> float:
    return float(next(row.difference for row in answer.differences if row.measure == measure))


def _tell(number: int, answer: Answer, screen: Screen) -> None:
    said = answer.deeds[:MOST_DEEDS]
    screen.say(f"{number}. {answer.title}: {' '.join(said) or 'Nothing changes.'}")
    if len(answer.deeds) > len(said):
        screen.say(f"... and {len(answer.deeds) - len(said)} more.")
    for warning in answer.warnings:
        screen.say(f"Warning: {warning} A running cohort may ask it, but people must know.")


def _take(path: Path, found: tuple[Answer, ...], taking: Taking, screen: Screen) -> None:
    """Write the changed tables and the new plan of an answer, after the whole checker has looked at it."""
    number, plan_path, tables = taking.number or 0, taking.plan, taking.tables
    if not 0 < number <= len(found):
        raise BadInputError([f"There is no answer {number}; there are {len(found)}. Take one of those."])
    if plan_path is None or tables is None:
        raise ValueError("An answer without its files cannot be taken. Refuse it before.")
    answer = found[number - 1]
    report = check(answer.scenario, answer.plan)
    if not report.is_clean:
        text = "This is an error in Lineside: the answer does not pass its own check. Nothing is written."
        raise BadInputError([text, *(row.message for row in report.violations), *report.faults])
    try:
        write_texts(stepped_texts(read_texts(path), answer.steps), tables)
        plan_path.parent.mkdir(parents=True, exist_ok=True)
        write_plan(answer.plan, plan_path)
    except ScenarioMistakes as mistakes:
        raise BadInputError(mistake_sentences(tables, mistakes)) from None
    except (OSError, ValueError) as error:
        raise BadInputError([f"{error} Choose another place, or make room, and take the answer again."]) from None
    for outage in answer.outages:
        screen.say(
            f"The tables cannot say that {outage.kind} {outage.id} is away from {outage.first} to {outage.last}: "
            "repeat it whenever you plan these dates anew."
        )
    screen.say(f"Taken: answer {number}. Objective {figure(answer.plan.objective, 3)} line-minutes.")
    screen.say(f"Written: {tables}")
    screen.say(f"Written: {plan_path}")
