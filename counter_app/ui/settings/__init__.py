"""The 设置 room of the hall admin: the hall's words, the staff, the rules in force, and where the data lies."""
