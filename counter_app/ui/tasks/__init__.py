"""待办: what waits for a person, and how each thing is finished."""
