"""Answers to what happens while a plan is in force: prepared once, ranked, checked."""
