"""The service-hall counter."""

__version__ = "0.1.0"
