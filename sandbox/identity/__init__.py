"""A store of identities: SCIM 2.0, login history, and password reset links that expire and work once."""
