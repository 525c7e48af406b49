"""A hall of counters and its hub, simulated: real code, one thread, and every fault drawn from one seed."""
