"""A payment gateway in Stripe's shape, with memory."""
