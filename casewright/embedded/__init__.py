"""The servers a newcomer lacks, run for them: PostgreSQL, Temporal, and the time-skipping server of the tests."""
