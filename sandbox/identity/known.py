"""Who a request is about."""

from sandbox.doors import Problem
from sandbox.identity.accounts import Account
from sandbox.world import World


def account_of(world: World, user: str) -> Account:
    """The account with this id, or 404 ``user_not_found``."""
    account = world.identity.get(user)
    if account is None:
        raise Problem(404, f"There is no user {user}.", "user_not_found")
    return account
