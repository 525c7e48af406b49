"""The hall's one SQLite file, one writer and many readers; the counter's one floor that knows SQLAlchemy."""
