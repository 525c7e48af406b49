"""Automatic deductions in the window: the batch day, what was taken, what was left and why."""
