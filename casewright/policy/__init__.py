"""The policy engine: reads, checks and evaluates policies. Pure: text and values in, values out."""
