"""From what a page of launches sends to typed values; what is no number stays out, told later."""

from decimal import Decimal
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

from ideaflow import typed
from ideaflow.errors import Invalid
from ideaflow.launch import items
from ideaflow.launch.items import Item
from ideaflow.launch.plans import CellWish, LaunchPlan
from ideaflow.launch.preparing import LARGEST_FILE, Proof
from ideaflow.launch.replanning import Words
from ideaflow.launch.tiers import DRIVERS
from ideaflow.proposals.forms import read_budget, read_number, read_numbers

Form = MultiDict[str, str]


def read_plan(form: Form, names: dict[tuple[int, int], str], currency: str) -> LaunchPlan:
    """Return a launch as the guided page sends it.

    :param names: what each cell that may be chosen is called.
    """
    functions = {name: typed.number(form.get(f"carrier-{name}")) for name in items.FUNCTIONS}
    return LaunchPlan(
        offering_id=typed.number(form.get("offering_id")),
        offering_name=_line(form.get("offering_name", "")), kind=form.get("kind", ""),
        product_code=_line(form.get("product_code", "")),
        launch_on=typed.day(form.get("launch_on", ""), "launch_on"),
        owner_id=typed.number(form.get("owner_id")), currency=form.get("currency", currency).upper(),
        proposal_ids=read_numbers(form.getlist("proposal_ids"), "The proposal"), points=read_points(form),
        cells=read_cells(form, names),
        carriers={name: user_id for name, user_id in functions.items() if user_id is not None},
    )  # fmt: skip


def read_points(form: Form) -> dict[str, int]:
    """Return the points of each driver that has some."""
    said = {driver.key: form.get(f"points-{driver.key}", "") for driver in DRIVERS}
    return {key: int(text) for key, text in said.items() if text in {"0", "1", "2", "3"}}


def read_cells(form: Form, names: dict[tuple[int, int], str]) -> list[CellWish]:
    """Return the cells that have a target; where the field is left empty it is not sold."""
    return [
        read_cell(form, place, name)
        for place, name in names.items()
        if form.get(f"amount-{place[0]}-{place[1]}", "").strip()
    ]


def read_cell(form: Form, place: tuple[int, int], name: str) -> CellWish:
    """Return one cell: owner, target and currency."""
    tail = f"{place[0]}-{place[1]}"
    amount = read_budget(form.get(f"amount-{tail}", ""))
    return CellWish(
        *place, typed.number(form.get(f"owner-{tail}")),
        _cents(amount),
        form.get(f"currency-{tail}", "").strip().upper()[:3], name,
    )  # fmt: skip


def read_item(form: Form) -> Item:
    """Return an item of a template, or a check of one launch, as its form sends it."""
    kind = form.get("kind", "")
    threshold = read_threshold(form.get("threshold", ""), kind)
    rule = {
        "kind": kind, "threshold": threshold, "words": form.get("words", ""),
        "course": form.get("course", ""),
    }  # fmt: skip
    said = {name: form.get(name, "") for name in ("key", "function", "due_days_before", "channels")}
    ticked = {name: form.get(name) == "1" for name in ("is_blocking", "needs_price")}
    tiers = [int(one) for one in form.getlist("tiers") if one in {"1", "2", "3"}]
    weight, title = form.get("weight", "").replace(",", "."), _line(form.get("title", ""))
    return items.read({**said, **ticked, "title": title, "tiers": tiers, "weight": weight, "rule": rule})


def read_threshold(text: str, kind: str) -> Any:
    """Return what passes: 80 % and 80 are a share of .8 unless the measure counts; empty: its usual one."""
    said = text.strip().removesuffix("%").strip().replace(",", ".")
    measure = items.MEASURES.get(kind)
    if not said:
        return measure.threshold if measure else 1
    try:
        number = float(said)
    except ValueError:
        return -1
    is_percent = measure is not None and not measure.is_count and (number > 1 or text.strip().endswith("%"))
    return number / 100 if is_percent else number


def read_proof(form: Form, file: FileStorage | None) -> Proof:
    """Return evidence; of a file at most one byte more than the largest is read."""
    content = file.stream.read(LARGEST_FILE + 1) if file and file.filename else None
    share = form.get("share", "1")
    return Proof(
        cell_id=typed.number(form.get("cell_id")), share=float(share) if share in {"1", "0.5"} else -1,
        note=form.get("note", ""), url=form.get("url", ""),
        file_name=_file_name(file.filename or "") if file and content else "",
        file_type=(file.mimetype or "")[:300] if file and content else "", content=content or None,
        valid_until_on=typed.day(form.get("valid_until_on", ""), "valid_until_on"),
    )  # fmt: skip


def read_words(form: Form) -> Words:
    """Return what sellers say, one sentence a line, and the band of prices.

    :raises Invalid: a price is no number.
    """
    low, high = (read_budget(form.get(name, "")) for name in ("price_from", "price_to"))
    for name, price in (("price_from", low), ("price_to", high)):
        if price is None and (said := form.get(name, "").strip()):
            reason = f"“{said[:40]}” is no number. Write it like 12.50."
            raise Invalid(f"What sellers say was not saved. {reason}", [{"field": name, "reason": reason}])
    return Words(
        _lines(form.get("say", "")), _lines(form.get("never_say", "")), _cents(low), _cents(high),
        _line(form.get("price_unit", "")),
    )  # fmt: skip


def read_version(form: Form) -> int:
    """Return which version of a record the page showed."""
    return read_number(form.get("version"), "The version of the page")


def _file_name(name: str) -> str:
    """Return a file's name without its folders and what a header cannot hold."""
    kept = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign for sign in kept if sign.isprintable() and sign not in '"<>|').strip()[:200] or "file"


def _cents(amount: float | None) -> Decimal | None:
    return None if amount is None else Decimal(f"{amount:.2f}")


def _lines(text: str) -> list[str]:
    return [line for one in text.splitlines() if (line := _line(one))]


def _line(text: str) -> str:
    return " ".join(text.split())
