"""How tests and people look into the sandbox and arrange what goes wrong."""
