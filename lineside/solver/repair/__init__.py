"""Repairs of a plan in force: what happened is answered near by, and the rest of the region keeps its seats."""
