"""Lineside beside its rivals: the same tables, rules, objective, cores and time limit, in one run."""
