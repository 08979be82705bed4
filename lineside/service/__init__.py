"""The ways in: the command line, and the files that people are handed."""
