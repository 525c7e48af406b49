"""Signing in, the locked screen, the paused window, and what a restart has to answer first."""
