"""What people type about the market, read into values; every problem is named at its field."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from werkzeug.datastructures import MultiDict

from ideaflow import typed
from ideaflow.errors import Invalid
from ideaflow.market.hooks import Cell
from ideaflow.market.queries import Filters

Form = MultiDict[str, str]
_EMAIL = re.compile(r"[^\s@<>,;:\"'()]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}")
_MOST = Decimal(10) ** 9


class Reader:
    """Reads the fields of one form and says everything that is wrong at once."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.problems: list[dict[str, object]] = []

    def wrong(self, field: str, reason: str) -> None:
        self.problems.append({"field": field, "reason": reason})

    def name(self, field: str, what: str, limit: int = 300) -> str:
        """Return a text of one line that has to be there."""
        found = " ".join(self.form.get(field, "").split())
        if not found:
            self.wrong(field, f"Say {what}.")
        elif len(found) > limit:
            self.wrong(field, f"That is {len(found)} characters; the most is {limit}.")
        elif ";" in found:
            self.wrong(field, "Leave out the semicolon: in files it parts two names.")
        return found

    def email(self, field: str) -> str:
        found = self.form.get(field, "").strip().lower()
        if not _EMAIL.fullmatch(found):
            self.wrong(field, "That is no e-mail address; write one such as ann@example.com.")
        return found

    def currency(self, field: str, *, is_needed: bool = True) -> str | None:
        found = self.form.get(field, "").strip().upper()
        if not found and not is_needed:
            return None
        if not re.fullmatch(r"[A-Z]{3}", found):
            self.wrong(field, "Write the three letters of a currency, such as EUR.")
        return found

    def day(self, field: str, *, is_needed: bool = False) -> date | None:
        try:
            found = typed.day(self.form.get(field, ""), field)
        except Invalid as error:
            self.problems += error.problems
            return None
        if found is None and is_needed:
            self.wrong(field, "Say the day.")
        return found

    def days(self, first: str, last: str, *, is_needed: bool = False) -> tuple[date | None, date | None]:
        """Return two days in their order; with ``is_needed`` the first has to be there."""
        begins, ends = self.day(first, is_needed=is_needed), self.day(last)
        if begins and ends and ends < begins:
            self.wrong(last, f"It ends before it begins, on {begins.isoformat()}. Correct one of the days.")
        return begins, ends

    def amount(self, field: str, *, above: bool = False, places: int = 6) -> Decimal:
        """Return a number of 0 or more, with so many places at most; with ``above`` more than 0."""
        text = self.form.get(field, "").strip().replace(" ", "")
        text = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text.replace(",", "")
        try:
            found = Decimal(text)
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite() or not 0 <= found < _MOST or (above and not found):
            least = "above 0" if above else "of 0 or more"
            self.wrong(field, f"Write a number {least}, such as 120.50.")
            return Decimal(0)
        if found != round(found, places):
            self.wrong(field, f"At most {places} places after the point are kept.")
        return found

    def number(self, field: str) -> int | None:
        return typed.number(self.form.get(field))

    def chosen(self, field: str, what: str) -> int:
        found = self.number(field)
        if found is None:
            self.wrong(field, f"Choose {what}.")
        return found or 0

    def cells(self) -> set[Cell]:
        """Return the cells that were ticked: “3-2” is a channel and a region."""
        found = set()
        for one in self.form.getlist("cells"):
            channel, _, region = one.partition("-")
            if channel.isdecimal() and region.isdecimal() and len(one) < 30:
                found.add((int(channel), int(region)))
        return found

    def version(self) -> int:
        found = self.number("version")
        if found is None:
            raise Invalid("This form is incomplete. Open the page again, then try once more.")
        return found

    def done(self) -> None:
        """Say what is wrong.

        :raises Invalid: something is.
        """
        if self.problems:
            told = " ".join(str(problem["reason"]) for problem in self.problems)
            raise Invalid(told, self.problems)


def filters(args: Form, states: Iterable[str] = ()) -> Filters:
    """Return what a list shall show; what is not understood is left out."""
    reader = Reader(args)
    return Filters(
        words=args.get("words", "").strip()[:200],
        channel=reader.number("channel"),
        region=reader.number("region"),
        course=args.get("course", "").strip()[:300],
        state=args.get("state", "") if args.get("state") in set(states) else "",
    )


def channel(form: Form) -> dict[str, Any]:
    """Return what a channel is called, and whether others sell there for us."""
    reader = Reader(form)
    values = {"name": reader.name("name", "what the channel is called", 60)}
    reader.done()
    return {**values, "is_partner": bool(form.get("is_partner"))}


def region(form: Form) -> dict[str, Any]:
    """Return a region's name, spellings and currency."""
    reader = Reader(form)
    values: dict[str, Any] = {"name": reader.name("name", "what the region is called", 60)}
    spellings = [" ".join(one.split()) for one in re.split(r"[;\n]", form.get("spellings", ""))]
    values["spellings"] = list(dict.fromkeys(one for one in spellings if one))[:100]
    if any(len(one) > 60 for one in values["spellings"]):
        reader.wrong("spellings", "A spelling has at most 60 characters; put one on each line.")
    values["currency"] = reader.currency("currency", is_needed=False)
    reader.done()
    return values


def spellings(form: Form) -> dict[str, int]:
    """Return what became of the CRM's spellings: the region each belongs to, 0 for one of its own."""
    chosen = {}
    for number, name in enumerate(form.getlist("spelling")):
        becomes = form.get(f"becomes-{number}", "")
        if name and (region_id := typed.number(becomes)) is not None:
            chosen[name] = region_id
    return chosen


def price(form: Form) -> dict[str, Any]:
    """Return what a price entry says."""
    reader = Reader(form)
    values = _price(reader)
    reader.done()
    return values


def new_price(form: Form) -> dict[str, Any]:
    """Return what a new price entry says, with its product."""
    reader = Reader(form)
    product = {"product_code": reader.name("product_code", "the product's code")}
    values = _price(reader)
    reader.done()
    return {**product, "product_name": " ".join(form.get("product_name", "").split())[:300], **values}


def _price(reader: Reader) -> dict[str, Any]:
    begins, ends = reader.days("valid_from_on", "valid_until_on")
    return {
        "unit_amount": reader.amount("unit_amount"),
        "currency": reader.currency("currency"),
        "is_active": bool(reader.form.get("is_active")),
        "valid_from_on": begins,
        "valid_until_on": ends,
    }


def book(form: Form) -> tuple[dict[str, Any], set[Cell]]:
    """Return a price book's name, days and whether it is active, and the cells that sell by it."""
    reader = Reader(form)
    name = reader.name("name", "what the price book is called")
    begins, ends = reader.days("valid_from_on", "valid_until_on")
    reader.done()
    days = {"valid_from_on": begins, "valid_until_on": ends}
    return {"name": name, "is_active": bool(form.get("is_active")), **days}, reader.cells()
