"""One plan: see :mod:`lineside.ui.views.plan.page`."""

from lineside.ui.views.plan.page import draw

__all__ = ["draw"]
