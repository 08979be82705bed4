"""Sweeps: grids of edits over scenarios, one run in the queue for each point."""
