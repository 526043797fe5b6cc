"""What telemetry tells, and where it goes."""
