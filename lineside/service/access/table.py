"""Who may use which route: the one place that says so.

A route's name is that of its function. A route that is not here cannot be used by anybody, and a
test walks every route with every role, in the own and in a foreign region and company.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Access:
    """Who may use a route.

    Parameters
    ----------
    anyone
        Without a key.
    planner
        A planner, for the region of the key.
    manager
        A plant manager, for the company of the key in its region.
    """

    anyone: bool = False
    planner: bool = False
    manager: bool = False


ANYONE = Access(anyone=True, planner=True, manager=True)
"""Says nothing about a region."""
ADDRESS = Access(anyone=True, planner=True, manager=True)
"""Whoever knows the secret address; a key neither helps nor harms."""
PLANNER = Access(planner=True)
OWN_COMPANY = Access(planner=True, manager=True)
"""A planner sees the region, a manager the part of the own company."""

ACCESS: dict[str, Access] = {
    "read_health": ANYONE,
    "read_readiness": ANYONE,
    "read_metrics": ANYONE,
    "read_openapi": ANYONE,
    "read_feed": ADDRESS,
    "read_feed_page": ADDRESS,
    "read_me": OWN_COMPANY,
    "create_scenario": PLANNER,
    "upload_scenario": PLANNER,
    "list_examples": PLANNER,
    "create_from_example": PLANNER,
    "download_template": PLANNER,
    "check_edit": PLANNER,
    "save_edit": PLANNER,
    "list_scenarios": PLANNER,
    "read_scenario": PLANNER,
    "replace_scenario": PLANNER,
    "read_settings": PLANNER,
    "replace_settings": PLANNER,
    "rename_scenario": PLANNER,
    "copy_scenario": PLANNER,
    "delete_scenario": PLANNER,
    "create_variant": PLANNER,
    "list_variants": PLANNER,
    "check_variant": PLANNER,
    "read_variant": PLANNER,
    "replace_edits": PLANNER,
    "detach_variant": PLANNER,
    "list_revisions": PLANNER,
    "compare_scenarios": PLANNER,
    "read_table": PLANNER,
    "replace_table": PLANNER,
    "delete_table": PLANNER,
    "download_scenario": PLANNER,
    "start_run": PLANNER,
    "list_runs": PLANNER,
    "read_run": PLANNER,
    "follow_run": PLANNER,
    "list_run_events": PLANNER,
    "stop_run": PLANNER,
    "read_points": PLANNER,
    "read_goals": PLANNER,
    "start_sweep": PLANNER,
    "list_sweeps": PLANNER,
    "read_sweep": PLANNER,
    "stop_sweep": PLANNER,
    "resume_sweep": PLANNER,
    "delete_sweep": PLANNER,
    "download_sweep": PLANNER,
    "list_plans": PLANNER,
    "compare_plans": PLANNER,
    "compare_seats": PLANNER,
    "keep_plan": PLANNER,
    "check_plan": PLANNER,
    "read_plan": PLANNER,
    "read_plan_part": PLANNER,
    "rename_plan": PLANNER,
    "delete_plan": PLANNER,
    "publish_plan": PLANNER,
    "try_edits": PLANNER,
    "keep_edited_plan": PLANNER,
    "read_changes": PLANNER,
    "read_costs": PLANNER,
    "read_why": PLANNER,
    "start_advice": PLANNER,
    "read_advice": PLANNER,
    "take_change": PLANNER,
    "download_plan": PLANNER,
    "answer_disruption": PLANNER,
    "take_answer": PLANNER,
    "start_replan": PLANNER,
    "read_seat_changes": PLANNER,
    "read_notices": PLANNER,
    "download_notices": PLANNER,
    "replace_contacts": PLANNER,
    "list_contacts": PLANNER,
    "list_publications": OWN_COMPANY,
    "read_roster": OWN_COMPANY,
    "read_sessions": OWN_COMPANY,
    "read_term": OWN_COMPANY,
    "read_impact": OWN_COMPANY,
    "read_impact_summary": OWN_COMPANY,
    "read_impact_map": OWN_COMPANY,
    "read_low_points": OWN_COMPANY,
    "read_empty_seats": OWN_COMPANY,
    "read_absences": OWN_COMPANY,
    "download_impact": OWN_COMPANY,
    "download_week_sheet": OWN_COMPANY,
    "read_baselines": OWN_COMPANY,
    "read_shares": OWN_COMPANY,
    "read_futures": OWN_COMPANY,
    "read_road": OWN_COMPANY,
    "create_key": PLANNER,
    "list_keys": PLANNER,
    "rotate_key": PLANNER,
    "revoke_key": PLANNER,
    "create_identity": PLANNER,
    "list_identities": PLANNER,
    "revoke_identity": PLANNER,
    "sign_in": OWN_COMPANY,
    "sign_out": OWN_COMPANY,
    "export_person": PLANNER,
    "delete_person": PLANNER,
    "create_feeds": OWN_COMPANY,
    "list_feeds": OWN_COMPANY,
    "list_feed_owners": OWN_COMPANY,
    "print_feeds": OWN_COMPANY,
    "rotate_feed": OWN_COMPANY,
    "revoke_feed": OWN_COMPANY,
}
"""Access by the name of the route."""
