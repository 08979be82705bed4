"""Pages over the HTTP interface."""
