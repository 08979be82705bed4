"""What a plan costs the lines: see :mod:`lineside.ui.views.impact.page`."""

from lineside.ui.views.impact.page import draw
from lineside.ui.views.impact.reading import plan_in_view

__all__ = ["draw", "plan_in_view"]
