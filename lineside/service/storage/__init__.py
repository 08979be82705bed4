"""Storage: PostgreSQL, embedded or anybody's; its tables, migrations and questions."""
