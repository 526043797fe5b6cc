"""The durable processes, one file each: orchestration only."""
