"""One module for each version of the hall's file, in the order of its number."""
