"""Every way in: the HTTP API, the command line, schedules."""
