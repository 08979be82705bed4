"""Evidence: fixed scenarios, seeds and time limits, one command, dated tables of results."""
