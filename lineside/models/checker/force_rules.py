"""Rules of parties and of the plan in force: ``party``, ``pin`` and ``frozen``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from lineside.models.checker.facts import Facts, OpenCohort, OpenSeat
from lineside.models.checker.report import Violation, person
from lineside.models.measures import cohort_spans
from lineside.models.plan import Cohort
from lineside.models.tables import Apprentice, Pin


def check_party(facts: Facts) -> Iterator[Violation]:
    """Check rule ``party``: members who need the same module share its cohort, or none of them is seated in it.

    A member with a frozen seat in the module is left out.
    """
    for party, members in facts.parties.items():
        for module, people in _common_needs(facts, members).items():
            places = {row.apprentice: _cohorts_of(facts, row.apprentice, module) for row in people}
            if len(set(places.values())) > 1:
                where = ", ".join(
                    f"{person(row)} in {' and '.join(sorted(places[row.apprentice])) or 'no cohort'}" for row in people
                )
                yield Violation(
                    "party",
                    {"party": party, "module": module},
                    len(set(places.values())) - 1,
                    "cohorts",
                    f"Members of party {party} need module {module} together, but have {where}. "
                    "Seat them in one cohort, or none of them.",
                )


def _common_needs(facts: Facts, members: tuple[Apprentice, ...]) -> dict[str, list[Apprentice]]:
    needs: dict[str, list[Apprentice]] = {}
    for row in members:
        for module in facts.curriculum.needed(row, facts.chosen[row.apprentice]):
            if (row.apprentice, module) not in facts.frozen_modules:
                needs.setdefault(module, []).append(row)
    return needs


def _cohorts_of(facts: Facts, apprentice: str, module: str) -> frozenset[str]:
    seats = facts.seats_of.get(apprentice, ())
    return frozenset(seat.cohort.id for seat in seats if seat.cohort.module.module == module)


def check_pin(facts: Facts) -> Iterator[Violation]:
    """Check rule ``pin``: a pinned seat stands in a cohort like the published one; ``none`` forbids the module.

    A frozen seat wins over a pin.
    """
    for pin in facts.pins:
        if (pin.apprentice, pin.module) in facts.frozen_modules:
            continue
        seats = [s for s in facts.seats_of.get(pin.apprentice, ()) if s.cohort.module.module == pin.module]
        if pin.cohort == "none":
            stands = not seats
        else:
            key = facts.published_keys.get(pin.cohort)
            stands = key is not None and any(seat.cohort.key == key for seat in seats)
        if not stands:
            yield _pin_violation(facts, pin, seats)


def _pin_violation(facts: Facts, pin: Pin, seats: list[OpenSeat]) -> Violation:
    row = facts.scenario.apprentice_by_id.get(pin.apprentice)
    who = person(row) if row else pin.apprentice
    where = " and ".join(seat.cohort.id for seat in seats) or "no cohort"
    if pin.cohort == "none":
        wish, remedy = "must not be seated in it", "Take the seat out, or the pin"
    else:
        wish = f"is pinned to the published cohort {pin.cohort}"
        remedy = (
            "Give the seat a cohort with that module, site, days, start, minutes and first week, or take the pin out"
        )
    return Violation(
        "pin",
        {"apprentice": pin.apprentice, "module": pin.module, "cohort": pin.cohort},
        1,
        "seat",
        f"{who} has module {pin.module} in {where} but {wish}. {remedy}.",
    )


def check_frozen(facts: Facts) -> Iterator[Violation]:
    """Check rule ``frozen``: what begins before ``frozen_until`` stays as published, and nothing else begins then."""
    until = facts.settings.frozen_until
    if until is None:
        return
    cohorts = {cohort.id: cohort for cohort in reversed(facts.cohorts)}
    for published in facts.frozen_cohorts.values():
        if published.module in facts.scenario.module_by_id and published.site in facts.scenario.site_by_id:
            yield from _frozen_cohort(facts, published, cohorts.get(published.cohort))
    for cohort in facts.new_cohorts:
        if cohort.dates and cohort.dates[0] < until:
            yield _too_early(cohort, until)


def _frozen_cohort(facts: Facts, published: Cohort, cohort: OpenCohort | None) -> Iterator[Violation]:
    ids = {"cohort": published.cohort}
    if cohort is None:
        message = f"The frozen cohort {published.cohort} is not in the plan. Put it back as published."
        yield Violation("frozen", ids, 1, "cohort", message)
        return
    changed = _changed(facts, published, cohort)
    if changed:
        message = f"The frozen cohort {published.cohort} has other {', '.join(changed)} than published."
        yield Violation("frozen", ids, len(changed), "columns", f"{message} Put it back as published.")
    expected = facts.published_members.get(published.cohort, frozenset())
    present = {seat.apprentice.apprentice for seat in facts.people_of.get(cohort, ())}
    for apprentice in sorted(expected ^ present):
        who = person(facts.scenario.apprentice_by_id[apprentice])
        fact, remedy = (
            ("has lost the seat", "Put it back") if apprentice in expected else ("joins", "Take the seat out")
        )
        message = f"{who} {fact} in the frozen cohort {published.cohort}, whose seats stay. {remedy}."
        yield Violation("frozen", {**ids, "apprentice": apprentice}, 1, "seat", message)


def _changed(facts: Facts, published: Cohort, cohort: OpenCohort) -> list[str]:
    columns = ("module", "site", "room", "instructor", "minutes")
    changed = [name for name in columns if getattr(published, name) != getattr(cohort.row, name)]
    key, now = facts.published_keys[published.cohort], cohort.key
    if key != now and not changed:
        changed.append("days, start or first_week")
    if cohort_spans(published) != cohort.spans:
        changed.append("meetings")
    return changed


def _too_early(cohort: OpenCohort, until: dt.date) -> Violation:
    return Violation(
        "frozen",
        {"cohort": cohort.id, "date": str(cohort.dates[0])},
        (until - cohort.dates[0]).days,
        "days",
        f"Cohort {cohort.id} begins on {cohort.dates[0]}, before {until}, until which the plan in force is frozen. "
        "Begin later.",
    )
