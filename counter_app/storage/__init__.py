"""The hall's one SQLite file, behind one writer and many readers; the one floor of the counter that knows SQLAlchemy."""
