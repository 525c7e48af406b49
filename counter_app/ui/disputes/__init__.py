"""Lines of bills in dispute at the window: contested, released, decided."""
