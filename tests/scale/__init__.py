"""A day of many counters in minutes: two workers of the hub behind one address, real processes, real HTTPS."""
