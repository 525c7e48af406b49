"""A second person signs at this screen: one panel for every kind of approval."""
