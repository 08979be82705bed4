"""What things are: tables, calendar, curriculum, plan, rules and the checker. It imports no other room."""
