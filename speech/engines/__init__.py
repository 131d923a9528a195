"""The engines themselves: run inside worker processes, never in the process that holds the calls."""
