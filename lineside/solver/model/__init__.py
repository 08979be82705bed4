"""The exact CP-SAT model, one builder a family of rules; builders may be called in any order."""
