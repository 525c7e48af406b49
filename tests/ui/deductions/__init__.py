"""Automatic deductions, driven by keys and looked at."""
