"""Dates, money, addresses and texts as exports write them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ideaflow.intake.faults import BadValue
from ideaflow.intake.moments import date_order, parse_day, parse_moment
from ideaflow.intake.money import decimal_mark, parse_currency, parse_money
from ideaflow.intake.values import (
    clean_text,
    html_to_text,
    optional_text,
    parse_domain,
    parse_email,
    words_of,
)

NOON = datetime(2026, 11, 17, 14, 51, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-17T14:51:07Z",
        "2026-11-17 14:51:07",
        "2026-11-17T14:51:07.000+0000",
        "2026-11-17T16:51:07+02:00",
        "11/17/2026 2:51:07 PM",
        "11/17/26 2:51:07 pm",
        "11/17/2026, 2:51:07 PM",
        "17.11.2026 14:51:07",
        "17/11/2026 14:51:07",
        "17 Nov 2026 14:51:07",
        "17-Nov-2026 14:51:07",
        "Nov 17, 2026 14:51:07",
        "Tue, 17 Nov 2026 14:51:07 GMT",
        "17. November 2026 14:51:07",
        "2026/11/17 14:51:07",
        "1794927067",
        "1794927067000",
        1794927067,
        NOON,
        NOON.replace(tzinfo=None),
    ],
)
def test_a_moment_is_read_in_every_usual_form(text):
    assert parse_moment(text) == NOON


@pytest.mark.parametrize(
    "text", ["2026-11-17", "20261117", "11/17/26", "17.11.26", 46343, "46343", 46343.0, date(2026, 11, 17)]
)
def test_a_day_is_read_in_every_usual_form(text):
    assert parse_day(text) == date(2026, 11, 17)


def test_an_excel_serial_keeps_its_time_of_day():
    assert parse_moment(46343.618831) == NOON


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("03/04/2026", "dmy", date(2026, 4, 3)),
        ("03/04/2026", "mdy", date(2026, 3, 4)),
        ("03/04/2026", None, date(2026, 3, 4)),
        ("03.04.2026", None, date(2026, 4, 3)),
    ],
)
def test_the_column_decides_whether_days_or_months_come_first(text, order, day):
    assert parse_day(text, order) == day


def test_one_value_can_prove_the_order_of_a_whole_column():
    assert date_order(["03/04/2026", "05/04/2026", "17/04/2026"]) == "dmy"
    assert date_order(["03/04/2026", "04/17/2026"]) == "mdy"
    assert date_order(["03/04/2026", "04/05/2026"]) is None
    assert date_order(["17/04/2026", "04/17/2026"]) == "mixed"


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30",
        "31/31/2026",
        "12/25",
        "yesterday",
        "0000-00-00",
        "1899-01-01",
        "2150-01-01",
        True,
        "2026-01-01 25:00",
        "1/1/2026 13:00 PM",
        "7",
        "2026-01-01T10:00+99:99x",
        "9" * 70,
        "1.1.1",
    ],
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(BadValue):
        parse_moment(text)


def test_nobody_has_spoken_in_the_future():
    with pytest.raises(BadValue, match="future"):
        parse_moment("2026-11-19", latest=NOON)
    assert parse_moment("2026-11-18", latest=NOON) is not None


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("$1,234,567", "1234567", "USD"),
        ("$1,234,567.89", "1234567.89", "USD"),
        ("€1.234.567,89", "1234567.89", "EUR"),
        ("1 234,50 €", "1234.50", "EUR"),
        ("1\u202f234,50\u00a0€", "1234.50", "EUR"),
        ("(1,200)", "-1200", None),
        ("($1,200.50)", "-1200.50", "USD"),
        ("-£99.5", "-99.5", "GBP"),
        ("1,200-", "-1200", None),
        ("EUR 1.200", "1200", "EUR"),
        ("1200 usd".upper(), "1200", "USD"),
        ("US$ 12.5k", "12500", "USD"),
        ("1.2M", "1200000", None),
        ("CHF 1'234.50", "1234.50", "CHF"),
        ("₹12,34,567", "1234567", "INR"),
        ("0.125", "0.125", None),
        ("1,234", "1234", None),
        ("1234.5", "1234.5", None),
        ("1e5", "100000", None),
        (12.5, "12.5", None),
        (1200, "1200", None),
        ("-", None, None),
        ("", None, None),
    ],
)
def test_money_is_read_in_every_usual_form(text, amount, currency):
    found = parse_money(text)
    if amount is None:
        assert found is None
    else:
        assert (found.amount, found.currency) == (Decimal(amount), currency)


def test_a_column_decides_what_a_lone_mark_means():
    assert decimal_mark(["1.234", "99,5"]) == ","
    assert parse_money("1.234", ",").amount == 1234
    assert parse_money("1.234", ".").amount == Decimal("1.234")


@pytest.mark.parametrize(
    "text",
    [
        "many",
        "1.2.3,4,5",
        "12 apples",
        "$",
        "NaN",
        "1e400",
        "9" * 50,
        True,
        float("nan"),
        float("inf"),
        "1,2,3",
    ],
)
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(BadValue):
        parse_money(text)


def test_currencies_are_codes_or_signs():
    assert parse_currency("EUR") == parse_currency("€") == parse_currency("EUR - Euro") == "EUR"
    with pytest.raises(BadValue):
        parse_currency("shells")


def test_addresses_are_lower_case_and_checked():
    assert parse_email("Jo Bell <Jo.Bell+x@Brask.Example>") == "jo.bell+x@brask.example"
    for bad in ("jo", "jo@", "@x.example", "a b@x.example", "jo@x", "a@b.c" + "d" * 300):
        with pytest.raises(BadValue):
            parse_email(bad)


def test_domains_come_out_of_web_addresses():
    assert parse_domain("https://www.Brask.example/about?x=1") == "brask.example"
    assert parse_domain("brask.example") == "brask.example"
    assert parse_domain("none yet") is None


def test_html_becomes_the_words_a_person_reads():
    markup = "<style>p{}</style><p>Hello&nbsp;all,</p>\n<ul><li>slow &amp; loud</li></ul><script>x()</script>"
    assert html_to_text(markup) == "Hello all,\nslow & loud"
    assert words_of("a < b and b > c") == "a < b and b > c"
    assert words_of("5 &amp; 6") == "5 & 6"


def test_a_guard_against_formulas_is_taken_off_again():
    assert clean_text("'=1+1") == "=1+1"
    assert clean_text("'@home") == "@home"
    assert clean_text("'quoted'") == "'quoted'"


def test_marks_for_nothing_are_nothing():
    assert optional_text(" - ") is optional_text("N/A") is optional_text(None) is None
    assert words_of("...") is None


@given(
    st.one_of(
        st.text(max_size=60),
        st.text("0123456789.,/-: TZ+€$kM()apm'", max_size=40),
        st.floats(),
        st.integers(),
    )
)
def test_values_answer_any_input_or_refuse_it(value):
    for parse in (parse_moment, parse_money, parse_email, parse_domain, words_of, parse_currency):
        try:
            parse(value)
        except BadValue as error:
            assert len(str(error)) < 250


@given(st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)))
def test_a_moment_written_as_iso_comes_back(moment):
    assert parse_moment(moment.isoformat()) == moment.replace(tzinfo=UTC)


@given(st.decimals(-(10**12), 10**12, places=2))
def test_money_written_in_either_style_comes_back(amount):
    english = f"{amount:,}"
    european = english.replace(",", "_").replace(".", ",").replace("_", ".")
    assert parse_money(english).amount == amount
    assert parse_money(european).amount == amount


def test_the_examples_in_the_documentation_run():
    import doctest

    from ideaflow.accounts import naming
    from ideaflow.intake import assemble, fields, flattening, moments, money, values

    for module in (naming, assemble, fields, flattening, money, moments, values):
        assert doctest.testmod(module).attempted and doctest.testmod(module).failed == 0
