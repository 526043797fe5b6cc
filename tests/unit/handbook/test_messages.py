"""Messages to customers: values go in as they are, and never add a line to a header."""

import pytest

from casewright.policy.templates import REQUIRED, STAFF
from tests.unit.policy.billing_cases import FIRST, HANDBOOK, TWIN, case, decided


def test_the_refund_confirmation_says_amount_plan_and_when_it_appears() -> None:
    mail = decided(case(FIRST, TWIN)).steps[-1].step
    assert mail.kind == "mail"
    subject, body = HANDBOOK.render(mail.template, {"ticket": "T-0000000000000001", **mail.values})
    assert subject == "[Ticket T-0000000000000001] Refund Processed"
    for part in ("Dear customer,", "49.00 USD", "Starter plan", "will appear in 5"):
        assert part in body


def test_a_name_is_used_where_it_is_known() -> None:
    _, body = HANDBOOK.render("reply", {"ticket": "T-1", "name": "Jane", "message": "Hello."})
    assert "Dear Jane," in body


def test_the_acknowledgment_names_the_ticket_and_promises_no_time() -> None:
    subject, body = HANDBOOK.render("acknowledgment", {"ticket": "T-1", "subject": "Charged twice"})
    assert "T-1" in subject
    assert not any(word in body for word in ("hour", "day", "minute", "resolve"))


def test_the_acknowledgment_may_name_the_promised_response_and_still_no_resolution() -> None:
    values = {"ticket": "T-1", "subject": "Charged twice", "promise": "4 business hours"}
    _, body = HANDBOOK.render("acknowledgment-promise", values)
    assert "our response within 4 business hours" in body
    assert "resol" not in body


def test_an_apology_speaks_of_a_credit_only_where_there_is_one() -> None:
    values = {"ticket": "T-1", "subject": "Charged twice", "promise": "12 hours"}
    _, alone = HANDBOOK.render("delay-apology", values)
    _, credited = HANDBOOK.render("delay-apology-credit", {**values, "amount": "50.00 USD"})
    assert "credit" not in alone
    assert "we have credited 50.00 USD to your account" in credited


@pytest.mark.parametrize("template", sorted(name for name in HANDBOOK.templates if name.startswith(STAFF)))
def test_a_message_to_colleagues_repeats_nothing_that_the_customer_wrote(template: str) -> None:
    placeholders = HANDBOOK.templates[template].placeholders
    assert not placeholders & {"subject", "message", "summary", "comment", "email"}
    assert {"ticket", "link"} <= placeholders


def test_a_value_is_never_looked_into_for_placeholders() -> None:
    _, body = HANDBOOK.render("reply", {"ticket": "T-1", "message": "{ticket} {secret} {0.__class__}"})
    assert "{ticket} {secret} {0.__class__}" in body


@pytest.mark.parametrize(
    ("template", "values", "reason"),
    [
        ("reply", {"ticket": "T-1"}, "the template reply lacks message"),
        ("reply", {"message": "x"}, "the template reply lacks ticket"),
        ("reply", {"ticket": "T-1", "message": "x", "massage": "y"}, "has no placeholder massage"),
        ("reply", {"ticket": "T-1\r\nBcc: all@example.com", "message": "x"}, "line break or control character"),
        ("reply", {"ticket": "T-1\u2028", "message": "x"}, "line break or control character"),
    ],
)
def test_what_does_not_fit_is_refused(template: str, values: dict[str, str], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        HANDBOOK.render(template, values)


def test_an_unknown_template_is_refused() -> None:
    with pytest.raises(LookupError, match="no template 'nothing'"):
        HANDBOOK.render("nothing", {})


@pytest.mark.parametrize("template", sorted(REQUIRED))
def test_every_message_that_the_code_sends_can_be_rendered(template: str) -> None:
    values = dict.fromkeys(REQUIRED[template], "text")
    assert HANDBOOK.render(template, {"ticket": "T-1", **values})
