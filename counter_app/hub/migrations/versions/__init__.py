"""One module for each version of the hub's tables, in the order of its number."""
