"""PostgreSQL: the journal, the ledger, the tables that people read, and the audit that proves them."""
