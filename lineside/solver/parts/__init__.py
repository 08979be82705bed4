"""Whole states: parts that are planned one after the other, and a bound over all of them, module by module."""
