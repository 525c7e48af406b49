"""The screens; the one floor that knows Qt."""
