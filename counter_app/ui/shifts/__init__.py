"""The 班结 room: opening a shift, cash in and out, the running sums, and the close."""
