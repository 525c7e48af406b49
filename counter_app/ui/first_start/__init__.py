"""The first start: try the demo hall, or make one's own hall with its first admin."""
