"""Validation of the published plan and of the pins that refer to it."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from lineside.models.cells import parse_clock, parse_days
from lineside.models.mistakes import Findings, shown
from lineside.models.plan import Cohort, Plan
from lineside.models.records import Record, Records
from lineside.models.scenario import Settings

PUBLISHED = "published"


def read_published(
    text: str | None, records: Mapping[str, Records], settings: Settings | None, findings: Findings
) -> Plan | None:
    """Return the published plan, or None if there is none or its text is no plan.

    People and modules that are no longer in the tables are legal; what contradicts itself is not.
    """
    if text is None:
        return None
    try:
        plan = Plan.model_validate_json(text)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in detail["loc"])
            found = detail["input"] if isinstance(detail["input"], str | int | float) else None
            message = f"{detail['msg']}. Correct the plan in force, or remove it."
            findings.add(PUBLISHED, None, place.removeprefix(".") or None, _excerpt(found), message)
        return None
    cohorts: dict[str, Cohort] = {}
    for i, cohort in enumerate(plan.cohorts):
        _check_cohort(f"cohorts[{i}]", cohort, cohorts, findings)
        cohorts.setdefault(cohort.cohort, cohort)
        if records["sites"].is_readable and cohort.site not in records["sites"].ids and _is_frozen(cohort, settings):
            fact = f"Frozen cohort {cohort.cohort} meets at {shown(cohort.site)}, which is no site of the table sites."
            findings.add(PUBLISHED, None, f"cohorts[{i}].site", cohort.site, f"{fact} Add the site.")
    _check_seats(plan, cohorts, findings)
    return plan


def _excerpt(value: object) -> str | None:
    return None if value is None else str(value)[:200]


def _is_frozen(cohort: Cohort, settings: Settings | None) -> bool:
    if settings is None or settings.frozen_until is None or not cohort.meetings:
        return False
    return min(meeting.date for meeting in cohort.meetings) < settings.frozen_until


def _check_cohort(place: str, cohort: Cohort, known: Mapping[str, Cohort], findings: Findings) -> None:
    if cohort.cohort in known:
        message = f"Cohort {shown(cohort.cohort)} stands twice. Give each cohort its own id."
        findings.add(PUBLISHED, None, f"{place}.cohort", cohort.cohort, message)
    try:
        parse_days(cohort.days)
    except ValueError:
        message = f"{shown(cohort.days)} is no list of days. Write day names such as Mon Wed."
        findings.add(PUBLISHED, None, f"{place}.days", cohort.days, message)
    clocks = [(f"{place}.start", cohort.start)]
    for k, meeting in enumerate(cohort.meetings):
        clocks += [(f"{place}.meetings[{k}].start", meeting.start), (f"{place}.meetings[{k}].end", meeting.end)]
    for spot, clock in clocks:
        try:
            parse_clock(clock)
        except ValueError:
            message = f"{shown(clock)} is no clock time. Write HH:MM, from 00:00 to 23:59."
            findings.add(PUBLISHED, None, spot, clock, message)


def _check_seats(plan: Plan, cohorts: Mapping[str, Cohort], findings: Findings) -> None:
    taken: set[tuple[str, str]] = set()
    for i, seat in enumerate(plan.seats):
        place = f"seats[{i}]"
        cohort = cohorts.get(seat.cohort)
        if cohort is None:
            message = f"{shown(seat.cohort)} is no cohort of this plan. Correct the id, or remove the seat."
            findings.add(PUBLISHED, None, f"{place}.cohort", seat.cohort, message)
        elif cohort.module != seat.module:
            message = f"The seat is in {seat.module}, cohort {seat.cohort} in {cohort.module}. Correct one of them."
            findings.add(PUBLISHED, None, f"{place}.module", seat.module, message)
        if (seat.apprentice, seat.module) in taken:
            message = f"{seat.apprentice} has two seats in {seat.module}. Keep one of them."
            findings.add(PUBLISHED, None, f"{place}.apprentice", seat.apprentice, message)
        taken.add((seat.apprentice, seat.module))


def check_pins(text: str | None, plan: Plan | None, records: Mapping[str, Records], findings: Findings) -> None:
    """Note pins to cohorts that are not in the published plan, or not of the pin's module, or at no known site."""
    cohorts = {cohort.cohort: cohort for cohort in plan.cohorts} if plan is not None else {}
    if text is not None and plan is None:
        return  # The plan cannot be read, which is noted already.
    for record in records["pins"]:
        name = record["cohort"]
        if name is None or name == "none":
            continue
        if text is None:
            message = f"{shown(name)} needs a published plan, and there is none. Add published.json, or write none."
            findings.add("pins", record.row, "cohort", name, message)
        elif name not in cohorts:
            message = f"{shown(name)} is no cohort of the published plan. Write the id of one, or none."
            findings.add("pins", record.row, "cohort", name, message)
        else:
            _check_pinned(record, cohorts[name], records, findings)


def _check_pinned(record: Record, cohort: Cohort, records: Mapping[str, Records], findings: Findings) -> None:
    if record["module"] is not None and cohort.module != record["module"]:
        message = f"Cohort {cohort.cohort} is in {cohort.module}, the pin in {record['module']}. Correct one of them."
        findings.add("pins", record.row, "cohort", cohort.cohort, message)
    if records["sites"].is_readable and cohort.site not in records["sites"].ids:
        message = f"Cohort {cohort.cohort} meets at {shown(cohort.site)}, which is no site. Add the site, or unpin."
        findings.add("pins", record.row, "cohort", cohort.cohort, message)
