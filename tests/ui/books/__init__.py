"""Tests of prepaid books at the window."""
