"""The hub: its data base, its rules, and its service, on a real PostgreSQL and on SQLite."""
