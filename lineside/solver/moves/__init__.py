"""Quick moves: a plan improved by opening, filling and closing cohorts without a model, between exact steps."""
