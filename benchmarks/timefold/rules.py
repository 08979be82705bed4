"""The score: every rule of the contract as hard, its prices as soft, and a fair, soft minimum size.

A cohort below its minimum would be dissolved, so the seats in it are worth little: ``SMALL`` of a thousand of what the
empty seats cost that they stand for. If they were worth nothing at all, no cohort would ever start.
"""

from timefold.solver.score import (
    Constraint,
    ConstraintCollectors,
    ConstraintFactory,
    HardSoftScore,
    Joiners,
    constraint_provider,
)

from benchmarks.timefold.domain import Cohort, Meant, Need, Person, Staffing

NOTHING = [0, 0, 0, 0]
"""What frozen meetings take of a week that has none."""
APART = 4320
"""Minutes from which on meetings have nothing to do with each other: three days."""
MANY = 1_000_000_000_000
"""More than the empty seats of one person can cost."""
SMALL = 900
"""Thousandths of their price that seats in too small a cohort, or apart from their party, are charged."""


def numbers_in(text: str) -> list:
    """Return the whole numbers of a text, which commas separate."""
    if len(text) == 0:
        return []
    numbers = text.split(",")
    for k in range(len(numbers)):
        numbers[k] = int(numbers[k])
    return numbers


def cohort_of(need: Need) -> Cohort:
    """Return the cohort that a need has a seat in, unpacked."""
    return unpacked(need.cohort)


def unpacked(cohort: Cohort) -> Cohort:
    """Return a cohort with its meetings."""
    if len(cohort.starts) == 0:
        parts = cohort.packed.split(";")
        cohort.starts = numbers_in(parts[0])
        cohort.ends = numbers_in(parts[1])
        cohort.weeks = numbers_in(parts[2])
        cohort.days = numbers_in(parts[3])
        cohort.week_numbers = numbers_in(parts[4])
        cohort.week_minutes = numbers_in(parts[5])
    return cohort


def meaning_of(need: Need) -> Meant:
    """Return what a need's cohort means to the person, unpacked."""
    meant = need.meant[need.cohort.candidate]
    if len(meant.lows) == 0:
        parts = meant.packed.split(";")
        meant.lows = numbers_in(parts[0])
        meant.highs = numbers_in(parts[1])
        meant.outs = numbers_in(parts[2])
        meant.free = numbers_in(parts[3])
        meant.pieces = numbers_in(parts[4])
    return meant


def person_faults(needs: list) -> int:
    """Return how often a person's seats break ``clash``, ``duty``, ``order``, a weekly cap or ``day-off``."""
    faults = 0
    person = needs[0].person
    for i in range(len(needs)):
        one = needs[i]
        for j in range(i + 1, len(needs)):
            faults = faults + meetings_clash(person, one, needs[j])
        for row in one.earlier:
            faults = faults + comes_too_soon(one, row, needs)
    return faults + week_faults(person, needs)


def meetings_clash(person: Person, one: Need, other: Need) -> int:
    """Return 1 if two cohorts of a person have meetings that are too near, or join a stretch that is too long."""
    a, b = cohort_of(one), cohort_of(other)
    gap = person.gaps[a.site][b.site]
    mine, theirs = meaning_of(one), meaning_of(other)
    for k in range(len(a.starts)):
        if meeting_clashes(person, a, mine, k, b, theirs, gap) == 1:
            return 1
    return 0


def meeting_clashes(person: Person, a: Cohort, mine: Meant, k: int, b: Cohort, theirs: Meant, gap: int) -> int:
    """Return 1 if one meeting of a cohort clashes with any of another's."""
    for at in range(len(b.starts)):
        if b.ends[at] + APART <= a.starts[k] or b.starts[at] >= a.ends[k] + APART:
            continue
        if too_near(a, k, b, at, gap) or too_long(person, mine, k, theirs, at):
            return 1
    return 0


def too_near(a: Cohort, k: int, b: Cohort, at: int, gap: int) -> bool:
    """Return whether two meetings are nearer than the travel between their sites."""
    return a.starts[k] < b.ends[at] + gap and a.ends[k] > b.starts[at] - gap


def too_long(person: Person, mine: Meant, k: int, theirs: Meant, at: int) -> bool:
    """Return whether the stretches of duty of two meetings are joined and too long."""
    if mine.lows[k] - theirs.highs[at] >= person.rest or theirs.lows[at] - mine.highs[k] >= person.rest:
        return False
    return max(mine.highs[k], theirs.highs[at]) - min(mine.lows[k], theirs.lows[at]) > person.duty


def comes_too_soon(need: Need, row: list, needs: list) -> int:
    """Return 1 if a need has a seat before its earlier module is done."""
    before, frozen_last, always = row[0], row[1], row[2]
    first = cohort_of(need).days[0]
    for other in needs:
        if other.id == before:
            if cohort_of(other).days[len(other.cohort.days) - 1] < first:
                return 0
            return 1
    if always == 0 or (frozen_last >= 0 and frozen_last < first):
        return 0
    return 1


def week_faults(person: Person, needs: list) -> int:
    """Return how often a person's seats break a cap or the day off of a week."""
    weeks = {}
    for need in needs:
        add_weeks(weeks, cohort_of(need), meaning_of(need))
    faults = 0
    for week in weeks:
        faults = faults + cap_faults(person, week, weeks[week], person.frozen.get(week, NOTHING))
    return faults


def add_weeks(weeks: dict, cohort: Cohort, meant: Meant) -> None:
    """Add a cohort's meetings to its weeks: cohorts, minutes, minutes outside shifts, then the free dates taken."""
    last = -1
    for k in range(len(cohort.weeks)):
        week = cohort.weeks[k]
        if week not in weeks:
            weeks[week] = [0, 0, 0]
        row = weeks[week]
        if week != last:
            row[0] = row[0] + 1
        last = week
        row[1] = row[1] + cohort.ends[k] - cohort.starts[k]
        row[2] = row[2] + meant.outs[k]
        if meant.free[k] == 1 and cohort.days[k] not in row:
            row.append(cohort.days[k])


def cap_faults(person: Person, week: int, row: list, frozen: list) -> int:
    """Return how many rules a week breaks."""
    faults = 0
    if row[0] + frozen[2] > person.at_once:
        faults = faults + 1
    if row[1] + frozen[0] > person.class_week:
        faults = faults + 1
    if row[2] > 0 and person.worked[week] + row[2] + frozen[1] > person.work_week:
        faults = faults + 1
    if len(row) > 3 and person.day_off:
        faults = faults + no_day_left(len(row) - 3 + frozen[3], person.free[week])
    return faults


def no_day_left(taken: int, free: int) -> int:
    """Return 1 if meetings take every date of a week that the rota leaves free."""
    if taken >= free:
        return 1
    return 0


def crew_loss(needs: list) -> int:
    """Return what a crew's line time costs with these seats; somebody who is away twice at once is away once."""
    crew = needs[0].crew
    people, marks = [], []
    for row in crew.frozen:
        add_piece(people, marks, row[0], row[1], row[2])
    for need in needs:
        pieces = meaning_of(need).pieces
        for k in range(0, len(pieces), 2):
            add_piece(people, marks, need.person.id, pieces[k], pieces[k + 1])
    marks.sort()
    counts = [0] * len(people)
    away, total, previous = 0, 0, 0
    for mark in marks:
        time, kind, who = mark // 65536, (mark // 32768) % 2, mark % 32768
        if away > 0 and time > previous:
            total = total + crew.cost[away] * (time - previous)
        previous = time
        if kind == 1:
            counts[who] = counts[who] + 1
            if counts[who] == 1:
                away = away + 1
        else:
            counts[who] = counts[who] - 1
            if counts[who] == 0:
                away = away - 1
    return total


def add_piece(people: list, marks: list, person: int, start: int, end: int) -> None:
    """Note when a person begins and ends to be away: time, which of the two, and who, in one number."""
    if person not in people:
        people.append(person)
    who = people.index(person)
    marks.append(start * 65536 + 32768 + who)
    marks.append(end * 65536 + who)


def choice_cost(needs: list) -> int:
    """Return the empty seats of the option that the seats of a choice suit best; of several, the least."""
    best = -1
    for option in needs[0].choice.options:
        worth = option_cost(option, needs)
        if best < 0 or worth < best:
            best = worth
    return best % MANY


def option_cost(option: int, needs: list) -> int:
    """Return the empty seats of an option, far more for each seat that is outside it."""
    cost = 0
    for need in needs:
        if need.cohort is None:
            if option in need.options:
                cost = cost + need.price
        elif option not in need.options:
            cost = cost + MANY
    return cost


def choice_faults(needs: list) -> int:
    """Return how many seats of a choice are outside its best option."""
    seated, best = 0, 0
    for need in needs:
        if need.cohort is not None:
            seated = seated + 1
    for option in needs[0].choice.options:
        seats = 0
        for need in needs:
            if need.cohort is not None and option in need.options:
                seats = seats + 1
        best = max(best, seats)
    return seated - best


def overlap(one: Staffing, other: Staffing, travel: bool) -> int:
    """Return 1 if two cohorts meet at the same time, or nearer than the travel between their sites."""
    a, b = unpacked(one.fact), unpacked(other.fact)
    gap = 0
    if travel:
        gap = one.gaps[a.site][b.site]
    i, j = 0, 0
    while i < len(a.starts) and j < len(b.starts):
        if a.ends[i] + gap <= b.starts[j]:
            i = i + 1
        elif b.ends[j] + gap <= a.starts[i]:
            j = j + 1
        else:
            return 1
    return 0


def overtaught(staffings: list) -> int:
    """Return the minutes of an instructor beyond the most of each week."""
    if len(staffings) == 1:
        return 0
    minutes = {}
    for staffing in staffings:
        fact = unpacked(staffing.fact)
        for k in range(len(fact.week_numbers)):
            minutes[fact.week_numbers[k]] = minutes.get(fact.week_numbers[k], 0) + fact.week_minutes[k]
    beyond = 0
    for week in minutes:
        beyond = beyond + max(0, minutes[week] - staffings[0].teacher.cap)
    return beyond


def used(factory: ConstraintFactory):
    """Return the staffings of cohorts that somebody sits in."""
    return factory.for_each(Staffing).if_exists(
        Need, Joiners.equal(lambda staffing: staffing.id, lambda need: need.cohort.id)
    )


@constraint_provider
def score(factory: ConstraintFactory) -> list[Constraint]:
    """Return every rule and price."""
    hard, soft = HardSoftScore.ONE_HARD, HardSoftScore.ONE_SOFT
    to_list, count, total = ConstraintCollectors.to_list, ConstraintCollectors.count, ConstraintCollectors.sum
    return [
        factory.for_each_including_unassigned(Need)
        .filter(lambda need: need.choice is None and need.cohort is None)
        .penalize(soft, lambda need: need.price)
        .as_constraint("empty seats"),
        factory.for_each_including_unassigned(Need)
        .filter(lambda need: need.choice is not None)
        .group_by(lambda need: need.choice.id, to_list())
        .penalize(soft, lambda choice, needs: choice_cost(needs))
        .as_constraint("empty seats of choices"),
        factory.for_each(Need)
        .filter(lambda need: need.choice is not None)
        .group_by(lambda need: need.choice.id, to_list())
        .penalize(hard, lambda choice, needs: choice_faults(needs))
        .as_constraint("one option"),
        factory.for_each_including_unassigned(Need)
        .filter(lambda need: need.pinned and need.cohort is None)
        .penalize(hard, lambda need: 100)
        .as_constraint("pin"),
        factory.for_each(Need).penalize(soft, lambda need: need.costs[need.cohort.candidate]).as_constraint("seats"),
        factory.for_each(Need)
        .group_by(lambda need: need.person.id, to_list())
        .penalize(hard, lambda person, needs: person_faults(needs))
        .as_constraint("a person's meetings and weeks"),
        factory.for_each(Need)
        .filter(lambda need: len(meaning_of(need).pieces) > 0)
        .group_by(lambda need: need.crew.id, to_list())
        .penalize(soft, lambda crew, needs: crew_loss(needs))
        .as_constraint("line time lost"),
        factory.for_each(Need)
        .group_by(lambda need: need.cohort, count(), total(lambda need: need.price))
        .filter(lambda cohort, size, price: size < cohort.seats_min)
        .penalize(soft, lambda cohort, size, price: price * SMALL // 1000)
        .as_constraint("too small"),
        factory.for_each(Need)
        .group_by(lambda need: need.cohort.id, count())
        .join(Staffing, Joiners.equal(lambda cohort, size: cohort, lambda staffing: staffing.id))
        .filter(lambda cohort, size, staffing: size > staffing.room.cap)
        .penalize(hard, lambda cohort, size, staffing: size - staffing.room.cap)
        .as_constraint("too large"),
        factory.for_each_including_unassigned(Need)
        .filter(lambda need: need.party != "")
        .join(
            factory.for_each_including_unassigned(Need).filter(lambda need: need.party != ""),
            Joiners.equal(lambda need: need.party),
            Joiners.less_than(lambda need: need.id),
        )
        .filter(lambda one, other: one.cohort is not other.cohort)
        .penalize(soft, lambda one, other: apart(one) + apart(other))
        .as_constraint("party apart"),
        used(factory)
        .penalize(soft, lambda staffing: staffing.room.cost + staffing.teacher.cost)
        .as_constraint("rooms and instructors"),
        used(factory)
        .join(
            used(factory),
            Joiners.equal(lambda staffing: staffing.room.number),
            Joiners.less_than(lambda staffing: staffing.id),
        )
        .penalize(hard, lambda one, other: overlap(one, other, False))
        .as_constraint("room"),
        used(factory)
        .join(
            used(factory),
            Joiners.equal(lambda staffing: staffing.teacher.number),
            Joiners.less_than(lambda staffing: staffing.id),
        )
        .penalize(hard, lambda one, other: overlap(one, other, True))
        .as_constraint("instructor"),
        used(factory)
        .group_by(lambda staffing: staffing.teacher.number, to_list())
        .penalize(hard, lambda teacher, staffings: overtaught(staffings))
        .as_constraint("instructor's week"),
    ]


def apart(need: Need) -> int:
    """Return what a seat apart from its party is charged: nearly all that it stands for."""
    if need.cohort is None:
        return 0
    return need.price * SMALL // 1000
