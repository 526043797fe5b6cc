"""The shop's orders and the carrier's shipments."""
