"""What goes up to the hub and what comes down from it."""
