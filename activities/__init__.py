"""One file per outside system, each with an injected client; and the envelope, the journal and deciding."""
