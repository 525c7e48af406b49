"""Tests of the undo at the window."""
