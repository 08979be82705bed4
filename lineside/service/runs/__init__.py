"""Runs: background solves, queued in the database and solved in child processes of durable workers."""
