"""The pack of a review as sections of lines, the same for the page and for the file to print. Pure values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ideaflow import wording
from ideaflow.gates.review import case
from ideaflow.gates.review.contents import study_words, trend_words
from ideaflow.wording import plural

Pack = Mapping[str, Any]


@dataclass(frozen=True)
class Section:
    """A heading with lines of label and value, sentences, and quotes with who said them."""

    title: str
    lines: Sequence[tuple[str, str]] = ()
    sentences: Sequence[str] = ()
    quotes: Sequence[tuple[str, str]] = ()
    empty: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.lines or self.sentences or self.quotes)


@dataclass(frozen=True)
class Paper:
    """The whole pack: what is asked, by whom, and every section."""

    question: str
    value: str
    head: Sequence[tuple[str, str]]
    sections: Sequence[Section] = field(default=())


def paper_of(pack: Pack, question: str, currency: str) -> Paper:
    """Return a pack as one reads it. A pack of an older version has fewer sections."""
    words = pack["proposal"]
    head = [
        ("Proposal", f"{words['title']}, owned by {words['owner']}"),
        ("Gate", f"{pack['gate']['name']}, {pack['process']['name']}"),
        ("Asks for", asked_words(words, currency)),
        ("Frozen", f"{str(pack['at'])[:16].replace('T', ' ')} UTC"),
    ]
    sections = [
        _who_asked(pack, currency), _words(pack, currency), _against(pack), _proof(pack), _musts(pack),
        _evidence(pack), _scores(pack), _conditions(pack), _worth(pack, currency), _forecast(pack, currency),
        _changes(pack), _race(pack), _readiness(pack),
        Section(
            "Risks", sentences=pack.get("risks") or (),
            empty="Its own numbers show none." if "risks" in pack else "",
        ),
        Section("What would make us kill", sentences=pack.get("kill_if") or ()),
        _table(pack), _plan(pack),
    ]  # fmt: skip
    return Paper(question, str(words.get("value") or ""), head, [one for one in sections if _shows(one)])


def asked_words(words: Mapping[str, Any], currency: str) -> str:
    """Say what a proposal asks for: money, people, or neither."""
    parts = [wording.money(float(words["asked_amount"]), currency)] if words.get("asked_amount") else []
    parts += [plural(int(words["asked_people"]), "person", "people")] if words.get("asked_people") else []
    return " and ".join(parts) or "no money and no people named"


def _shows(section: Section) -> bool:
    return not section.is_empty or bool(section.empty)


def _who_asked(pack: Pack, currency: str) -> Section:
    lines = [(line.label, line.value) for line in case.case_lines(pack["numbers"], currency)]
    if pack.get("trend"):
        lines = [(label, trend_words(pack["trend"]) if label == "Trend" else value) for label, value in lines]
    return Section("Who asked", lines)


def _words(pack: Pack, currency: str) -> Section:
    quotes = []
    for one in pack["quotes"]:
        amount = float(one.get("revenue_amount") or 0)
        quotes.append(
            (
                str(one["text"]),
                one["account_name"] + (f", {wording.money(amount, currency)}" if amount else ""),
            )
        )
    return Section("In their words", quotes=quotes, empty="No statement stands behind it.")


def _against(pack: Pack) -> Section:
    said = [(str(one["text"]), str(one["who"])) for one in pack.get("against") or ()]
    empty = "Nothing on record speaks against it: ask what would." if "against" in pack else ""
    return Section("What speaks against it", quotes=said, empty=empty)


def _evidence(pack: Pack) -> Section:
    lines: list[tuple[str, str]] = []
    for group in pack.get("evidence") or ():
        name = str(group["name"])
        if not group["lines"] and not group["fills_itself"]:
            lines.append((name, "no evidence"))
        for line in group["lines"]:
            lines.append((name, line_words(line)))
            name = ""
    return Section("Evidence by criterion", lines)


def line_words(line: Mapping[str, Any]) -> str:
    """Say a piece of evidence in a line: what it was when it was added, what it is now."""
    then, now = str(line["then"] or ""), str(line["now"] or "")
    is_same = now == then or not then
    told = (now or then) if is_same else f"{then} when added; now {now or 'gone'}"
    return f"{line['name']} ({line['kind']})" + (f": {told}" if told else "")


def _worth(pack: Pack, currency: str) -> Section:
    worth = pack.get("worth")
    if worth is None:
        return Section("What it is worth")
    lines, npv = [], worth["npv"]
    if npv:
        low, likely, high = (wording.money(npv[key], currency) for key in ("low", "likely", "high"))
        lines.append(("Net present value", likely if low == high else f"{likely}, {low} to {high}"))
    if worth["expected"] is not None:
        lines.append(("Expected value", wording.money(worth["expected"], currency)))
    if worth["missing"]:
        lines.append(("Not estimated yet", ", ".join(worth["missing"]).lower()))
    return Section("What it is worth", lines)


def _proof(pack: Pack) -> Section:
    studies = [(str(one["name"]), study_words(one)) for one in pack["numbers"].get("studies") or ()]
    benefit = [("Benefit", case.benefit_words(pack["proposal"]))]
    return Section("Studies and benefit", [*studies, *benefit])


def _musts(pack: Pack) -> Section:
    return Section(
        "Must meet", [(one["name"], f"{one['word']}: {one['why']}") for one in pack.get("musts") or ()]
    )


def _scores(pack: Pack) -> Section:
    last = pack.get("last_review")
    if not last:
        return Section("At the last gate", empty="This is its first gate.")
    score = f", {last['score']:.1f} of 100" if last.get("score") is not None else ""
    lines = [(str(last["gate"]), f"{str(last['decision']).replace('_', ' ')}{score}: {last['reason']}")]
    lines += [(name, f"{mean:.1f}") for name, mean in (last.get("means") or {}).items()]
    return Section("At the last gate", lines)


def _conditions(pack: Pack) -> Section:
    lines = [(str(one["text"]), f"{one['state']}, by {one['due_on']}") for one in pack["conditions"]]
    return Section("Conditions", lines, empty="None was put.")


def _forecast(pack: Pack, currency: str) -> Section:
    lines = []
    for one in pack.get("forecast") or ():
        drift = "" if one["drift"] is None else f" ({one['drift']:+.0%})".replace("-", "−")
        then, now = wording.money(one["then"], currency), wording.money(one["now"], currency)
        lines.append((str(one["name"]), f"{now} now, {then} at the last gate{drift}"))
    return Section("Forecast, then and now", lines)


def _changes(pack: Pack) -> Section:
    is_first = not pack.get("last_review") or "since_last" not in pack
    return Section(
        "Changed since the last gate", sentences=pack.get("since_last") or (),
        empty="" if is_first else "Nothing.",
    )  # fmt: skip


def _race(pack: Pack) -> Section:
    lines, race = [], pack.get("race") or {"leads": {}}
    for one in pack["numbers"].get("moves") or ():
        until = f" to {one['until_on']}" if one.get("until_on") else ""
        sure = wording.share(float(one.get("sureness") or 0))
        lines.append(
            (
                str(one["name"]),
                f"{str(one['kind']).replace('_', ' ')}, {one['begins_on']}{until}, {sure} sure"
                + _lead(race["leads"].get(one["name"])),
            )
        )
    if lines and "ours_on" in race:
        lines.append(("We would be there", f"{race['ours_on']}, if each stage ahead takes its usual time"))
    return Section("Competitors", lines, empty="No move of a competitor is on record.")


def _lead(days: int | None) -> str:
    if days is None:
        return ""
    return f"; {plural(abs(days), 'day')} {'after us' if days >= 0 else 'before us'}"


def _readiness(pack: Pack) -> Section:
    ready = pack.get("readiness")
    if not ready:
        return Section("Launch readiness")
    lines = [("Launch deliverables", f"{ready['done']} of {ready['wanted']} on the table")]
    return Section(
        "Launch readiness, a preview", [*lines, ("The launch gate asks", ", ".join(ready["musts"]))]
    )


def _table(pack: Pack) -> Section:
    lines = [
        (str(one["name"]), ": ".join(filter(None, [one["status"], one["note"] or one["waived_reason"]])))
        for one in pack["deliverables"]
    ]
    return Section("On the table", lines)


def _plan(pack: Pack) -> Section:
    plan = pack.get("plan")
    if not plan:
        return Section("Plan")
    days = f"{plan['days_p50']} days half the time, {plan['days_p85']} at most as a rule"
    lines = [
        (str(plan["stage"]), days),
        ("To deliver", ", ".join(plan["deliverables"]) or "nothing required"),
    ]
    return Section(f"Plan to {plan['gate']}", lines)
