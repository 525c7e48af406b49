"""Prepaid books at the window: what became of the money, moving it to another use, and giving the rest back."""
