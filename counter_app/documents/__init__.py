"""Paper as PDF bytes; the one floor that knows reportlab."""
