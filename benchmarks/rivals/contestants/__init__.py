"""The contestants that run in the project's own environment, a module each."""
