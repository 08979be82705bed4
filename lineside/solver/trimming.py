"""Bringing a seating within limits: the cohorts that give least for what they take of a limited measure are closed."""

from __future__ import annotations

from lineside.solver.moves.prospects import Prospects
from lineside.solver.moves.standing import Standing


def trim(standing: Standing, prospects: Prospects) -> bool:
    """Close cohorts until a seating keeps every limit; return whether it does.

    Parameters
    ----------
    standing
        The seating; it is changed for good.
    prospects
        What is known of its problem.

    Notes
    -----
    Each cohort is tried once from where the seating stands, then they are closed in the order of what is lost for
    each unit that comes off: greedy, since this is only where a search begins.
    """
    trimmer = _Trimmer(standing, prospects)
    order = sorted((ratio, number) for number in list(standing.cohorts) if (ratio := trimmer.ratio(number)) is not None)
    for _, number in order:
        if not any(standing.excess()):
            break
        if number in standing.cohorts:
            trimmer.close_if_it_helps(number)
    standing.keep()
    return not any(standing.excess())


class _Trimmer:
    def __init__(self, standing: Standing, prospects: Prospects) -> None:
        self._standing, self._prospects = standing, prospects
        self._limits = standing.problem.limits

    def _beyond(self) -> float:
        """Return how far the seating is above its limits, each counted as a share of itself."""
        shares = zip(self._standing.excess(), self._limits, strict=True)
        return sum(units / max(1, limit.most) for units, limit in shares)

    def ratio(self, number: int) -> float | None:
        """Return what closing a cohort costs for what comes off; None if nothing does or it may not be closed."""
        standing = self._standing
        mark, before, beyond = standing.mark(), standing.cost(), self._beyond()
        closed = self._close(number)
        cost, gain = standing.cost() - before, beyond - self._beyond()
        standing.undo(mark)
        return cost / gain if closed and gain > 0 else None

    def close_if_it_helps(self, number: int) -> None:
        standing = self._standing
        mark, beyond = standing.mark(), self._beyond()
        if not self._close(number) or self._beyond() >= beyond:
            standing.undo(mark)

    def _close(self, number: int) -> bool:
        """Close a cohort, and take the seats of those who wait for it; return whether that could be done."""
        standing = self._standing
        members = sorted(standing.cohorts[number].members)
        if standing.must_stay(number) or any(member in self._prospects.fixed for member in members):
            return False
        for member in members:
            standing.unseat(member)
        standing.close(number)
        return all(self._let_go_followers(member) for member in members)

    def _let_go_followers(self, need: int) -> bool:
        standing = self._standing
        for follower in self._prospects.followers.get(need, ()):
            home = int(standing.home[follower])
            if home < 0 or standing.holds([need]):
                continue
            if follower in self._prospects.fixed:
                return False
            if follower in self._prospects.party or standing.spare(home) <= 0:
                if not self._close(home):
                    return False
            else:
                standing.unseat(follower)
                if not self._let_go_followers(follower):
                    return False
        return True
