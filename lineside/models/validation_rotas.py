"""Validation of rotas: letters, shifts and meals."""

from __future__ import annotations

from collections.abc import Mapping

from lineside.models.calendar import Interval
from lineside.models.cells import DAY_MINUTES, LetterHours, format_clock
from lineside.models.mistakes import Findings, shown
from lineside.models.records import Record, Records

OFF = "O"


def check_rotas(records: Mapping[str, Records], findings: Findings) -> None:
    """Note everything in the table ``rotas`` that cannot be meant; shifts that overlap only earn a warning."""
    for record in records["rotas"]:
        if record["hours"] is None:
            continue
        shifts = _shifts(record, findings)
        if record["cycle"] is not None:
            _check_cycle(record, shifts, findings)
        _check_meals(record, shifts, findings)


def _span(hours: LetterHours) -> Interval:
    return hours.start, hours.end if hours.end > hours.start else hours.end + DAY_MINUTES


def _shifts(record: Record, findings: Findings) -> dict[str, Interval]:
    shifts: dict[str, Interval] = {}
    for hours in record["hours"]:
        if hours.letter == OFF:
            message = "O is a day off and has no hours. Remove its hours, or choose another letter."
            findings.add("rotas", record.row, "hours", OFF, message)
        elif hours.letter in shifts:
            message = f"Letter {hours.letter} has hours twice. Keep one of them."
            findings.add("rotas", record.row, "hours", hours.letter, message)
        else:
            shifts[hours.letter] = _span(hours)
    return shifts


def _check_cycle(record: Record, shifts: Mapping[str, Interval], findings: Findings) -> None:
    cycle = record["cycle"]
    for letter in dict.fromkeys(cycle):
        if letter != OFF and letter not in shifts:
            message = f"Letter {shown(letter)} has no hours. Add its hours, or write O for a day off."
            findings.add("rotas", record.row, "cycle", letter, message)
    for letter, following in sorted(set(zip(cycle, cycle[1:] + cycle[:1], strict=True))):
        if letter in shifts and following in shifts and shifts[letter][1] - DAY_MINUTES > shifts[following][0]:
            end = format_clock(shifts[letter][1])
            fact = (
                f"Rota {record['rota']}: shift {letter} ends at {end}, after shift {following} of the next day begins."
            )
            findings.warn(f"{fact} Correct the hours if nobody works both at once.")


def _check_meals(record: Record, shifts: Mapping[str, Interval], findings: Findings) -> None:
    taken: dict[str, list[Interval]] = {}
    for meal in record["meals"] or ():
        text = f"{meal.letter} {format_clock(meal.start)}-{format_clock(meal.end)}"
        if meal.letter not in shifts:
            message = f"Letter {shown(meal.letter)} has a meal but no hours. Give it hours, or remove the meal."
            findings.add("rotas", record.row, "meals", text, message)
            continue
        start, end = shifts[meal.letter]
        # A meal earlier on the clock than the shift's start is after midnight.
        first = meal.start if meal.start >= start else meal.start + DAY_MINUTES
        last = first + ((meal.end - meal.start) % DAY_MINUTES or DAY_MINUTES)
        if last > end:
            hours = f"{format_clock(start)}-{format_clock(end)}"
            message = f"The meal {text} is not inside the shift {hours}. Correct one of them."
            findings.add("rotas", record.row, "meals", text, message)
        elif any(first < f and s < last for s, f in taken.get(meal.letter, ())):
            message = f"The meal {text} overlaps another meal of its shift. Correct one of them."
            findings.add("rotas", record.row, "meals", text, message)
        else:
            taken.setdefault(meal.letter, []).append((first, last))
