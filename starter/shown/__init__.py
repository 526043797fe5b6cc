"""What the API answers and the command line reads, stated once."""
