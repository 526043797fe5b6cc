"""Pages for people who come by a link: to approve, to rate, and to sign in. Opening one changes nothing."""

from starter.api.pages import approving, signing_in, stylesheet, survey

ROUTERS = (approving.router, signing_in.router, survey.router, stylesheet.router)

__all__ = ["ROUTERS"]
