"""The panel of an approval, and the way through it."""
