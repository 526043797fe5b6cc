"""The identity store: SCIM 2.0, with its login history and password resets beside."""
