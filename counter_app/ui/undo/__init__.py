"""Undoing a payment at the window: what it would do, who signs, and the slip."""
