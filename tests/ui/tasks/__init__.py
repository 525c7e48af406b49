"""待办, driven by keys and looked at."""
