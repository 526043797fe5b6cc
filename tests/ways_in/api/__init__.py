"""The API without servers: how requests are read and how it says no."""
