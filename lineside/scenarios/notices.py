"""Whoever's meetings change within the next days, with a ready text: calendars may tell of it too late.

Big calendar services fetch a feed in hours, so a change of what happens tomorrow must not rest on the feed alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from lineside.models.calendar import date_of
from lineside.models.cells import DAY_MINUTES, format_clock
from lineside.models.person_days import PersonDays
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.scenarios.plan_changes import MeetingChange, Sitting, Who, plan_changes

NOTICE_DAYS = 3
"""Days within which somebody must be told beside the calendar."""
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True)
class Notice:
    """What one person must be told.

    Parameters
    ----------
    who, id, name, company
        An apprentice with the company, or an instructor, who has none.
    meetings
        The changes within the next days, in time order.
    num_later
        Meetings of the person that change later than that.
    subject, text
        Ready to be sent; times are local.
    """

    who: Who
    id: str
    name: str
    company: str | None
    meetings: tuple[MeetingChange, ...]
    num_later: int
    subject: str
    text: str

    @property
    def first(self) -> Sitting:
        """The earliest meeting that changes, as it was or as it is."""
        return min(_sides(self.meetings), key=lambda row: row.start)


def notices(
    scenario: Scenario,
    before: Plan,
    after: Plan,
    now: dt.datetime,
    days: int = NOTICE_DAYS,
    *,
    earlier: Scenario | None = None,
    views: PersonDays | None = None,
) -> tuple[Notice, ...]:
    """Return whom to tell of what changes within some days, the most urgent first.

    Parameters
    ----------
    scenario
        Tables of the later plan.
    before, after
        The plan in force until now, and from now on.
    now
        Local time of the region, without a zone.
    days
        Changes are told of meetings that were, or are, to begin within so many days.
    earlier
        Tables of the earlier plan, for the names of its places.
    views
        Views of meetings to use again.

    Notes
    -----
    Meetings that have begun by now do not change any more. Who has a change within the days is told of every change
    within them, and how many come later.
    """
    begin = now.toordinal() * DAY_MINUTES + now.hour * 60 + now.minute
    end = begin + days * DAY_MINUTES
    found = []
    for row in plan_changes(scenario, before, after, earlier=earlier, days=views):
        if row.id not in (scenario.apprentice_by_id if row.who == "apprentice" else scenario.instructor_by_id):
            continue  # whoever has left needs no notice
        ahead = [change for change in row.meetings if any(side.start >= begin for side in _sides((change,)))]
        near = tuple(change for change in ahead if any(begin <= side.start < end for side in _sides((change,))))
        if near:
            later = len(ahead) - len(near)
            text = _text(scenario, earlier or scenario, row.name, near, later)
            found.append(Notice(row.who, row.id, row.name, row.company, near, later, _subject(near), text))
    return tuple(sorted(found, key=lambda notice: (notice.first.start, notice.who, notice.company or "", notice.id)))


def _sides(changes: Iterable[MeetingChange]) -> list[Sitting]:
    return [side for change in changes for side in (change.before, change.after) if side is not None]


def _subject(near: tuple[MeetingChange, ...]) -> str:
    if len(near) > 1:
        return f"{len(near)} of your next classes have changed"
    words = {"new": "You have a new class", "moved": "Your next class has moved", "cancelled": "A class is cancelled"}
    side = min(_sides(near), key=lambda row: row.start)
    return f"{words[near[0].kind]}: {day_words(date_of(side.start))}"


def _text(scenario: Scenario, earlier: Scenario, name: str, near: tuple[MeetingChange, ...], num_later: int) -> str:
    lines = [f"Dear {_line(name)},", ""]
    for change in near:
        lines += [*_change_lines(scenario, earlier, change), ""]
    if num_later:
        noun = "meeting changes" if num_later == 1 else "meetings change"
        lines += [f"{num_later} more of your {noun} later on: please look into your calendar.", ""]
    lines += [f"All times are local ({scenario.settings.timezone})."]
    return "\n".join(lines)


def _change_lines(scenario: Scenario, earlier: Scenario, change: MeetingChange) -> list[str]:
    heads = {"new": "You have a new class", "moved": "Your class has moved", "cancelled": "Your class is cancelled"}
    side = change.after or change.before
    if side is None:
        return []
    lines = [f"{heads[change.kind]}: {module_words(scenario, side.module)}"]
    if change.before is not None:
        lines.append(f"  it was: {sitting_words(earlier, change.before)}")
    if change.after is not None:
        lines.append(f"  it is:  {sitting_words(scenario, change.after)}")
    return lines


def module_words(scenario: Scenario, module: str) -> str:
    """Return a module's name with its id."""
    row = scenario.module_by_id.get(module)
    return _line(module if row is None or row.name == module else f"{row.name} ({module})")


def sitting_words(scenario: Scenario, row: Sitting) -> str:
    """Return when and where a meeting is: ``Monday 8 June 2026, 15:00 to 17:00, A site, room hall``."""
    begin, end = date_of(row.start), date_of(row.end)
    until = format_clock(row.end) if begin == end else f"{day_words(end)}, {format_clock(row.end)}"
    site = scenario.site_by_id.get(row.site)
    place = site.name if site is not None and site.name else row.site
    room = "" if site is not None and site.kind == "online" else f", room {row.room}"
    return _line(f"{day_words(begin)}, {format_clock(row.start)} to {until}, {place}{room}")


def day_words(date: dt.date) -> str:
    """Return a date in words.

    >>> day_words(dt.date(2026, 6, 8))
    'Monday 8 June 2026'
    """
    return f"{DAYS[date.weekday()]} {date.day} {MONTHS[date.month - 1]} {date.year}"


def _line(text: str) -> str:
    """Return a text as one printable line: names come from tables that anybody may have filled in."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
