"""Rows of the whole road, as tables and answers give them: hours to a thousandth."""

from __future__ import annotations

from lineside.scenarios.road import Road

HOURS = ("program_hours", "credited_hours", "delivered_hours", "owed_hours", "planned_hours", "unplanned_hours")


def road_cells(row: Road) -> dict[str, object]:
    """Return an apprentice's road by column, each with its unit in the name."""
    return {
        "apprentice": row.apprentice,
        "name": row.name,
        "company": row.company,
        "program": row.program,
        **{name: round(float(getattr(row, name)), 3) for name in HOURS},
        "pace_hours_per_week": round(float(row.pace_hours), 3),
        "last_meeting": row.last_meeting,
        "finishes": row.finishes,
        "terms_after": row.terms_after,
        "ends": row.ends,
        "standing": row.standing,
    }
