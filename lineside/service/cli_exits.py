"""Exit status of the command line, as the contract with scripts: these numbers never change."""

DONE = 0
VIOLATIONS = 1
"""The check found violations."""
BAD_INPUT = 2
"""A scenario, a plan or a path cannot be used; nothing was solved or written."""
NO_PLAN = 3
"""No plan in the time given, or none that keeps the pins and the frozen cohorts."""
