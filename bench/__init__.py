"""What a ticket costs, against a bare workflow that makes the same outside calls; medians and ratios of one run."""
