"""A mail server that keeps what it accepts, readable over HTTP."""
