"""Steps of the database's schema, in order; a step that was released is never edited."""
