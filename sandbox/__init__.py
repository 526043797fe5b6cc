"""A stand-in outside world in one process, over the real protocols.

Payments in Stripe's shape, a mail server with a readable mailbox, and faults on demand. It imports nothing of
Casewright's, as the real outside world wouldn't. Start it with ``python -m sandbox`` or, in a test, with
``running_sandbox``.
"""

from sandbox.server import RunningSandbox, running_sandbox

__all__ = ["RunningSandbox", "running_sandbox"]
