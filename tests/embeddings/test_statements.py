"""Long texts to statements."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.statements import LONGEST, split

TICKET = """Hi Support team,

We are trying to export the monthly usage report as CSV and it keeps timing out after 30 seconds.
It worked fine until the last release. Our finance people depend on it every month, e.g. for invoicing.

Also, single sign-on with Okta drops users back to the login page. Could you look into that?

Thanks in advance,
Jane Doe
Head of IT, Acme Ltd.
Tel: +44 20 1234 5678

On Tue, Mar 3, 2025 at 10:02 AM Support <support@example.com> wrote:
> Thank you for contacting us.
> The print button is a known problem.
"""
CHAT = """Customer: Hello, I can't print shipping labels from the new screen, the button is greyed out for me
Agent: Thank you for contacting support! How may I help you?
Customer: as I said, the print button. It would also be nice to print several labels at once, we do 200 a day
Agent: I understand, I will pass that on to the team. Is there anything else?
Customer: no thanks"""


def texts(original):
    return [one.text for one in split(original)]


def test_a_ticket_speaks_to_several_themes():
    found = texts(TICKET)
    assert len(found) >= 2
    assert any("timing out" in one and "Okta" not in one for one in found)
    assert any("Okta" in one and "CSV" not in one for one in found)


@pytest.mark.parametrize(
    "noise", ["Hi Support", "Jane Doe", "+44 20", "known problem", "wrote:", "Thanks in"]
)
def test_greeting_signature_and_quoted_mail_are_left_out(noise):
    assert not any(noise in one for one in texts(TICKET))


def test_an_abbreviation_ends_no_sentence():
    assert any("e.g. for invoicing" in one for one in texts(TICKET))


def test_an_agent_is_not_a_customer():
    found = " ".join(texts(CHAT))
    assert "greyed out" in found and "200 a day" in found
    assert "pass that on" not in found and "contacting support" not in found


def test_each_list_item_is_a_point_of_its_own():
    found = texts(
        "Here is what our people in the warehouse would like to see in the next year, in no order at all:\n"
        "- bulk edit of contacts, because one by one takes hours every single week for our small team\n"
        "- an API for invoices so that we can pull them into our accounting\n"
        "- dark mode\n"
    )
    assert found[-3:] == [
        "bulk edit of contacts, because one by one takes hours every single week for our small team",
        "an API for invoices so that we can pull them into our accounting",
        "dark mode",
    ]


def test_a_short_text_stays_whole():
    short = "Hi, the export fails. And please add a dark mode. Thanks, Jane"
    assert texts(f"  {short}\n") == [short]


@pytest.mark.parametrize("blank", ["", "  ", "\n\t \n"])
def test_blanks_are_no_statement(blank):
    assert split(blank) == ()


@pytest.mark.parametrize("only", ["Kind regards,\n" * 40, "> quoted\n" * 60, "Hello,\n\n" * 60, "?! " * 60])
def test_the_only_content_is_never_lost(only):
    assert texts(only)


def test_a_text_without_full_stops_is_cut_so_that_all_of_it_is_read():
    found = split("word " * 1000)
    assert all(len(one.text.split()) <= LONGEST for one in found)
    assert sum(len(one.text.split()) for one in found) == 1000


PIECES = [
    "The export fails. ",
    "Hi team,\n",
    "Also we need SSO. ",
    "\n\n",
    "- dark mode\n",
    "Thanks,\nJane\n",
    "> quoted line\n",
    "On Monday John wrote:\n",
    "-- \n",
    "Agent: hello\n",
    "Customer: it is broken; e.g. here\n",
    "It costs 3.5 euros! ",
    "From: a\nSent: b\nTo: c\nSubject: d\n",
    "This e-mail is confidential and intended only for you.\n",
    "please " * 20,
    "Sent from my phone\n",
    *("。", "…", "\r\n", "\u2028", "  ", "(", "1) ", "\x0b"),
]
pieces = st.sampled_from(PIECES)


@given(st.one_of(st.text(max_size=400), st.lists(pieces, max_size=40).map("".join)))
def test_spans_lie_within_the_text_in_order_and_apart(original):
    found = split(original)
    before = 0
    for one in found:
        assert before <= one.start < one.end <= len(original)
        assert original[one.start : one.end] == one.text == one.text.strip()
        before = one.end
    assert bool(found) == bool(original.strip())
