"""What a single cell of a table may hold, and how its text becomes a value.

Every type below is an ordinary annotated type for pydantic whose :class:`CellType` parses the text
and tells a planner what would be right. Values pass through unchanged when they already have the
right type, so the same row types serve tables read from files and rows built in code.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from typing import Annotated, Any, get_args, get_type_hints

from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY_MINUTES = 1440
RESERVED_IDS = frozenset({"all", "own", "none"})

_CLOCK = re.compile(r"^(\d{1,2}):(\d{2})$")
_SPAN = re.compile(r"^(\d{1,2}:\d{2})-(\d{1,2}:\d{2})$")


@dataclass(frozen=True)
class CellType:
    """What a column accepts: the parser of its text, and what messages, templates and the reference say of it.

    Parameters
    ----------
    kind
        A short name of the type, such as ``date`` or ``list of ids``.
    remedy
        The sentence that says what would be right.
    parse
        Turns the cell's text into the value; raises ValueError or InvalidOperation for a wrong text.
    choices
        The closed list of allowed words, if there is one.
    """

    kind: str
    remedy: str
    parse: Callable[[str], Any]
    choices: tuple[str, ...] = ()

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Parse texts before the inner type is checked; let values of the right type pass."""
        return core_schema.no_info_before_validator_function(self._validate, handler(source))

    def _validate(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return self.parse(value)
        except (ValueError, InvalidOperation):
            raise PydanticCustomError("cell", "{remedy}", {"remedy": self.remedy}) from None


@cache
def accepted_by(model: type[BaseModel], field: str) -> CellType | None:
    """Return the cell type that a field is annotated with, or None if it is a yes-or-no field.

    Raises
    ------
    KeyError
        If there is no such field.
    """
    hint = get_type_hints(model, include_extras=True)[field]
    marks = (mark for part in (hint, *get_args(hint)) for mark in getattr(part, "__metadata__", ()))
    return next((mark for mark in marks if isinstance(mark, CellType)), None)


@dataclass(frozen=True)
class WeeklyHours:
    """Hours that recur on some days of the week, ``[start, end)`` in minutes of the day.

    ``end`` is above 1440 when the hours cross midnight; the hours belong to the day they start on.
    """

    days: tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True)
class LetterHours:
    """The clock of one letter of a rota's cycle, as written: ``end`` at or before ``start`` is on the next date."""

    letter: str
    start: int
    end: int


@lru_cache(maxsize=4096)
def parse_clock(text: str) -> int:
    """Return the minute of the day of ``HH:MM``.

    Raises
    ------
    ValueError
        If the text is no clock time from 00:00 to 23:59.
    """
    match = _CLOCK.match(text.strip())
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise ValueError(f"{text!r} is no clock time")
    return int(match[1]) * 60 + int(match[2])


def format_clock(minute: int) -> str:
    """Return ``HH:MM`` of a minute counted from midnight; whole days are dropped.

    >>> format_clock(1470)
    '00:30'
    """
    return f"{minute % DAY_MINUTES // 60:02d}:{minute % 60:02d}"


@lru_cache(maxsize=4096)
def parse_days(text: str) -> tuple[int, ...]:
    """Return the weekdays (Monday is 0) named by day names and ranges, in calendar order.

    >>> parse_days("Sun Mon-Wed")
    (0, 1, 2, 6)

    Raises
    ------
    ValueError
        If a word is no day name or range, a day is named twice, or there is none.
    """
    days: list[int] = []
    for word in text.split():
        first, dash, last = word.partition("-")
        if first not in DAY_NAMES or (dash and last not in DAY_NAMES):
            raise ValueError(f"{word!r} is no day")
        start = DAY_NAMES.index(first)
        length = (DAY_NAMES.index(last) - start) % 7 + 1 if dash else 1
        days.extend((start + k) % 7 for k in range(length))
    if not days or len(set(days)) != len(days):
        raise ValueError("no day, or a day twice")
    return tuple(sorted(days))


def format_days(days: tuple[int, ...]) -> str:
    """Return day names in calendar order, as plans write them.

    >>> format_days((0, 2))
    'Mon Wed'
    """
    return " ".join(DAY_NAMES[day] for day in sorted(days))


def _parse_span(text: str) -> tuple[int, int]:
    match = _SPAN.match(text)
    if match is None:
        raise ValueError(f"{text!r} is no span of hours")
    return parse_clock(match[1]), parse_clock(match[2])


def parse_weekly_hours(text: str) -> tuple[WeeklyHours, ...]:
    """Return the spans of a days-and-hours cell such as ``Mon-Fri 07:00-21:00; Sat 08:00-13:00``.

    Raises
    ------
    ValueError
        If a part is not ``DAYS CLOCK-CLOCK``.
    """
    spans = []
    for part in text.split(";"):
        days, _, hours = part.strip().rpartition(" ")
        start, end = _parse_span(hours)
        spans.append(WeeklyHours(parse_days(days), start, end if end > start else end + DAY_MINUTES))
    return tuple(spans)


def format_weekly_hours(hours: tuple[WeeklyHours, ...]) -> str:
    """Return the days-and-hours cell of ``hours``."""
    return "; ".join(f"{format_days(h.days)} {format_clock(h.start)}-{format_clock(h.end)}" for h in hours)


def parse_letter_hours(text: str) -> tuple[LetterHours, ...]:
    """Return the spans of a rota cell such as ``D 06:00-18:00; N 18:00-06:00``.

    Raises
    ------
    ValueError
        If a part is not ``LETTER CLOCK-CLOCK``.
    """
    spans = []
    for part in text.split(";"):
        letter, _, hours = part.strip().partition(" ")
        if len(letter) != 1:
            raise ValueError(f"{letter!r} is no single letter")
        spans.append(LetterHours(letter, *_parse_span(hours.strip())))
    return tuple(spans)


def format_letter_hours(hours: tuple[LetterHours, ...]) -> str:
    """Return the rota cell of ``hours``."""
    return "; ".join(f"{h.letter} {format_clock(h.start)}-{format_clock(h.end)}" for h in hours)


def _number(positive: bool = False) -> Callable[[str], Decimal]:
    def parse(text: str) -> Decimal:
        value = Decimal(text.strip())
        if not 0 <= value < 10**9 or (positive and value == 0) or "_" in text:
            raise ValueError("out of range")
        return value

    return parse


def _integer(low: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        value = Decimal(text.strip())
        if not low <= value < 10**9 or value != int(value) or "_" in text:
            raise ValueError("no whole number in range")
        return int(value)

    return parse


def _identifier(text: str) -> str:
    if not text or text.split() != [text] or text in RESERVED_IDS:
        raise ValueError("no id")
    return text


def _ids(text: str) -> tuple[str, ...]:
    words = tuple(text.split())
    if len(set(words)) != len(words):
        raise ValueError("an id twice")
    return words


def _assignments(text: str) -> tuple[tuple[str, str], ...]:
    pairs = []
    for word in text.split():
        left, equals, right = word.partition("=")
        if not left or not equals or not right or "=" in right:
            raise ValueError("no requirement=option")
        pairs.append((left, right))
    if len({left for left, _ in pairs}) != len(pairs):
        raise ValueError("a requirement twice")
    return tuple(pairs)


def _choice(choices: tuple[str, ...]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError("not in the list")
        return text

    return parse


def _choice_list(choices: tuple[str, ...]) -> Callable[[str], tuple[str, ...]]:
    def parse(text: str) -> tuple[str, ...]:
        words = _ids(text)
        if not words or any(word not in choices for word in words):
            raise ValueError("not in the list")
        return words

    return parse


def _date(text: str) -> dt.date:
    if not re.match(r"^\d{4}-\d{2}-\d{2}$", text.strip()):
        raise ValueError("no date")
    return dt.date.fromisoformat(text.strip())


def _dates(text: str) -> tuple[dt.date, ...]:
    return tuple(sorted({_date(word) for word in text.split()}))


def _cycle(text: str) -> str:
    if not text or any(letter.isspace() for letter in text):
        raise ValueError("no cycle")
    return text


def _coordinate(limit: int) -> Callable[[str], Decimal]:
    def parse(text: str) -> Decimal:
        value = Decimal(text.strip())
        if not -limit <= value <= limit or "_" in text:
            raise ValueError("out of range")
        return value

    return parse


def _zip(text: str) -> str:
    if not re.match(r"^\d{5}$", text.strip()):
        raise ValueError("no zip code")
    return text.strip()


SESSION_KINDS = ("lunch", "before", "after", "off", "release")
MODES = ("classroom", "online")
SITE_KINDS = ("plant", "college", "hall", "online")
CLOSURE_KINDS = ("closed", "shutdown", "peak")

Identifier = Annotated[str, CellType("id", "Write an id without spaces, other than all, own or none.", _identifier)]
Reference = Annotated[str, CellType("id", "Write one id without spaces.", _identifier)]
IdList = Annotated[tuple[str, ...], CellType("list of ids", "Write ids separated by spaces, each once.", _ids)]
FreeText = Annotated[str, CellType("text", "Write text.", str)]
Zip = Annotated[str, CellType("zip", "Write a five-digit zip code.", _zip)]
Minutes = Annotated[int, CellType("minutes", "Write whole minutes, 0 or more.", _integer(0))]
PositiveMinutes = Annotated[int, CellType("minutes", "Write whole minutes, 1 or more.", _integer(1))]
Count = Annotated[int, CellType("count", "Write a whole number, 0 or more.", _integer(0))]
PositiveCount = Annotated[int, CellType("count", "Write a whole number, 1 or more.", _integer(1))]
Number = Annotated[Decimal, CellType("number", "Write a number, 0 or more.", _number())]
PositiveNumber = Annotated[Decimal, CellType("number", "Write a number above 0.", _number(positive=True))]
Latitude = Annotated[Decimal, CellType("degrees", "Write degrees from -90 to 90.", _coordinate(90))]
Longitude = Annotated[Decimal, CellType("degrees", "Write degrees from -180 to 180.", _coordinate(180))]
Date = Annotated[dt.date, CellType("date", "Write a date as YYYY-MM-DD.", _date)]
DateList = Annotated[
    tuple[dt.date, ...], CellType("list of dates", "Write dates as YYYY-MM-DD, separated by spaces.", _dates)
]
Clock = Annotated[int, CellType("clock", "Write a clock time as HH:MM, from 00:00 to 23:59.", parse_clock)]
Days = Annotated[
    tuple[int, ...],
    CellType("days", "Write day names or ranges such as Mon Wed or Mon-Fri, each day once.", parse_days),
]
HoursOfWeek = Annotated[
    tuple[WeeklyHours, ...],
    CellType(
        "days and hours", "Write days and hours such as Mon-Fri 07:00-21:00; Sat 08:00-13:00.", parse_weekly_hours
    ),
]
HoursOfLetters = Annotated[
    tuple[LetterHours, ...],
    CellType(
        "hours of letters", "Write a letter and its hours such as D 06:00-18:00; N 18:00-06:00.", parse_letter_hours
    ),
]
Cycle = Annotated[str, CellType("cycle", "Write one letter a day without spaces, O for a day off.", _cycle)]
Assignments = Annotated[
    tuple[tuple[str, str], ...],
    CellType("choices", "Write requirement=option, separated by spaces, each requirement once.", _assignments),
]
SiteKind = Annotated[str, CellType("choice", f"Write one of {', '.join(SITE_KINDS)}.", _choice(SITE_KINDS), SITE_KINDS)]
ClosureKind = Annotated[
    str, CellType("choice", f"Write one of {', '.join(CLOSURE_KINDS)}.", _choice(CLOSURE_KINDS), CLOSURE_KINDS)
]
ModeList = Annotated[
    tuple[str, ...],
    CellType("list of choices", f"Write one or more of {' '.join(MODES)}.", _choice_list(MODES), MODES),
]
SessionKindList = Annotated[
    tuple[str, ...],
    CellType(
        "list of choices",
        f"Write one or more of {' '.join(SESSION_KINDS)}.",
        _choice_list(SESSION_KINDS),
        SESSION_KINDS,
    ),
]
