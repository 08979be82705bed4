"""Scenarios as objects: the bundled examples, and later a generator, what-if edits and comparison."""
