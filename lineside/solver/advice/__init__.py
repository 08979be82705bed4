"""Questions about a plan: why a seat is where it is or empty, what would fill it, and what looser tables are worth."""
