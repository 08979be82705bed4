"""Sharing people out among several cohorts of the same candidate, in different rooms."""

from __future__ import annotations

from lineside.solver.problem import Problem


def share_out(
    problem: Problem, needs: list[int], fixed: list[list[int]], seats_min: int, caps: list[int]
) -> list[list[int]]:
    """Return the needs of each copy: parties whole, every copy between its least and most seats.

    Parameters
    ----------
    problem
        The prepared problem.
    needs
        Needs to place.
    fixed
        Needs that are placed already, a list for each copy.
    seats_min, caps
        Fewest seats of a copy, and most seats of each.

    Raises
    ------
    ValueError
        If there is no such sharing; the model that chose the seats would be at fault.

    Notes
    -----
    Parties are placed by depth-first search, largest first; single people then fill copies up to
    the least size and after that wherever there is room.
    """
    if len(fixed) == 1:
        return [fixed[0] + needs]
    parties, singles = _parties(problem, needs)
    parties.sort(key=len, reverse=True)
    shares = [list(part) for part in fixed]
    if not _place(parties, 0, shares, seats_min, caps, len(singles)):
        raise ValueError("People of one candidate cannot be shared out among its rooms.")
    for need in singles:
        short = [k for k in range(len(caps)) if len(shares[k]) < seats_min]
        room = [k for k in range(len(caps)) if len(shares[k]) < caps[k]]
        shares[(short or room)[0]].append(need)
    return shares


def _parties(problem: Problem, needs: list[int]) -> tuple[list[list[int]], list[int]]:
    groups: dict[str, list[int]] = {}
    singles: list[int] = []
    for need in needs:
        party = problem.scenario.apprentices[problem.demand.needs[need].person_idx].party
        if party is None:
            singles.append(need)
        else:
            groups.setdefault(party, []).append(need)
    return list(groups.values()), singles


def _place(
    parties: list[list[int]], position: int, shares: list[list[int]], seats_min: int, caps: list[int], num_singles: int
) -> bool:
    if position == len(parties):
        short = sum(max(0, seats_min - len(share)) for share in shares)
        return short <= num_singles <= sum(cap - len(share) for cap, share in zip(caps, shares, strict=True))
    party = parties[position]
    for share, cap in zip(shares, caps, strict=True):
        if len(share) + len(party) <= cap:
            share.extend(party)
            if _place(parties, position + 1, shares, seats_min, caps, num_singles):
                return True
            del share[-len(party) :]
    return False
