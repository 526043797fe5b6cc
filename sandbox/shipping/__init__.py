"""A shop's orders and a carrier's shipments, each over an API in the usual shape."""
