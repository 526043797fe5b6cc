"""`make run`: everything on this machine, with sample tickets on their way."""
