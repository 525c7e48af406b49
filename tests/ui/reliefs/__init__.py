"""Late fees let off and put off at the window."""
