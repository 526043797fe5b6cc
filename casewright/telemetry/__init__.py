"""What operators see of the work: traces and metrics, exported by OTLP where an address is set, and nothing else.

Nothing here records what a customer wrote or who they are; see docs/telemetry.md.
"""
