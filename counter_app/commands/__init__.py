"""The commands: what is said on the command line becomes one call of a service."""
