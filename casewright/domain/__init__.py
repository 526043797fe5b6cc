"""The vocabulary everything else speaks: pure data and pure functions, no I/O."""
