"""The web application of the interface's tests."""

from tests.service.api.conftest import plan_id, scenario_id, solved, world

__all__ = ["plan_id", "scenario_id", "solved", "world"]
