"""Access: keys, roles, and the one table of who may use which route."""
