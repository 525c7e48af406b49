"""The version of the hall's file that this program writes."""

from __future__ import annotations

SCHEMA_VERSION = 10
"""`PRAGMA user_version` of a file that this program writes; a larger one is read only."""
