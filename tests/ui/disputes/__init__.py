"""Tests of disputes at the window."""
