"""What stops a run, said so that whoever started it can act on it."""


class RunProblem(RuntimeError):
    """A step failed; the message says what, and what to do."""
