"""The sandbox's own pages: its state, one message, and the description of its API."""

from typing import Any

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import HTMLResponse

from sandbox.payments.records import Charge, Customer
from sandbox.rendering import render
from sandbox.world import World

LATEST = 50


def pages_router(world: World) -> APIRouter:
    """``/``, ``/mail/…`` and ``/docs``."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def state_page() -> HTMLResponse:
        customers = [_account(world, customer) for customer in world.books.customers.all()]
        latest_calls = world.calls.find()[: -LATEST - 1 : -1]
        latest_mail = world.mailbox.all()[: -LATEST - 1 : -1]
        return render(
            "state.html", world=world, customers=customers, calls=latest_calls, mail=latest_mail, latest=LATEST
        )

    @router.get("/mail/{identity}")
    async def mail_page(identity: str) -> HTMLResponse:
        message = world.mailbox.get(identity)
        if message is None:
            raise HTTPException(404, f"no message {identity}")
        return render("mail.html", message=message)

    @router.get("/docs")
    async def docs_page(request: Request) -> HTMLResponse:
        return render("docs.html", api=request.app.openapi())

    return router


def _account(world: World, customer: Customer) -> dict[str, Any]:
    books = world.books
    charges = sorted(books.charges.where("customer", customer.id), key=lambda charge: charge.created)
    return {
        "customer": customer,
        "charges": [_charge_row(world, charge) for charge in charges],
        "unpaid": [invoice for invoice in books.invoices.where("customer", customer.id) if not invoice.charge],
        "subscriptions": books.subscriptions.where("customer", customer.id),
        "credits": books.balance_transactions.where("customer", customer.id),
    }


def _charge_row(world: World, charge: Charge) -> dict[str, Any]:
    return {
        "charge": charge,
        "invoices": world.books.invoices.where("charge", charge.id),
        "refunds": world.books.refunds.where("charge", charge.id),
    }
