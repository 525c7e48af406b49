"""The 报表 room: the reports of the counter, each figure opening to its records, and the way to paper and files."""
