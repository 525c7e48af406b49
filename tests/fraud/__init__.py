"""The ways in which a counter is robbed, each tried as the cheat would do it (docs/security.md)."""
