"""Hostile input: mutated tables, workbooks, archives, plans, edits and names, and what becomes of each."""
