"""Faults on demand, and the log of what was asked of the sandbox."""
