"""What a contact reads: sentences about how far their words have come, in the language of who reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date, format_skeleton

from ideaflow.clock import today
from ideaflow.loop.contributions import Contribution, Sums
from ideaflow.loop.steps import Reach, Step, others, path_of
from ideaflow.portal.languages import locale, text, texts

TOLD = (Reach.DECIDED, Reach.DESIGNING, Reach.DESIGNED, Reach.LATER, Reach.NOT_NOW)


@dataclass(frozen=True)
class Mark:
    """One step of the way: its word, and whether it is done, now, or ahead."""

    word: str
    place: str
    is_stop: bool


@dataclass(frozen=True)
class Told:
    """One thing told us, as its speaker reads it.

    :param lead: the news in bold, where there is some; ``words``: what follows it.
    :param is_answer: whether ``words`` were written for customers by somebody who decided.
    """

    item_id: int
    source: str
    voice: str
    lead: str
    words: str
    is_answer: bool
    path: Sequence[Mark]
    proposal_id: int | None
    can_confirm: bool
    session_id: int | None  # Of a ballot.


def told_of(one: Contribution) -> Told:
    """Return a contribution in words."""
    lead, words = _said(one)
    reach = one.reach
    marks = [
        Mark(_step_word(step), place.value, step is Step.NOT_NOW)
        for step, place in path_of(reach, has_design=one.facts.is_designed)
    ]
    return Told(
        one.item_id, source_of(one), one.words, lead, words, bool(words) and words == one.facts.told_words,
        marks, one.facts.proposal_id,
        one.is_own and one.facts.proposal_id is not None and reach in (Reach.BUILT, Reach.SOLVED),
        one.session_id,
    )  # fmt: skip


def summary(sums: Sums) -> tuple[str, str, str]:
    """Return the sentence of the first page in three parts, the middle one to be set in bold."""
    since = month(sums.since) if sums.since else ""
    begin = texts(
        "You told us one thing since %(month)s.", "You told us %(num)d things since %(month)s.", sums.total,
        month=since,
    )  # fmt: skip
    built, going, weighed = sums.of(Reach.BUILT, Reach.SOLVED), sums.of(*TOLD[:3]), sums.of(Reach.WEIGHED)
    later, refused, heard = sums.of(Reach.LATER), sums.of(Reach.NOT_NOW), sums.of(Reach.HEARD, Reach.GROUPED)
    parts = [
        (going, texts("one is decided or in design", "%(num)d are decided or in design", going)),
        (weighed, texts("one is being weighed", "%(num)d are being weighed", weighed)),
        (later, texts("one has to wait", "%(num)d have to wait", later)),
        (refused, texts("one we decided against", "%(num)d we decided against", refused)),
        (heard, texts("one is heard", "%(num)d are heard", heard)),
    ]
    rest = [words for count, words in parts if count]
    bold = texts("One is built", "%(num)d are built", built) if built else ""
    tail = ", ".join(rest) + "." if rest else "."
    if bold:
        return begin, bold, f", {tail}" if rest else "."
    return begin, "", tail[:1].upper() + tail[1:] if rest else ""


def source_of(one: Contribution) -> str:
    """Return where and when it was said: “Case 46120, 2 June”."""
    known = {
        "call": text("Call, as we noted it"), "idea": text("Your idea") if one.is_own else text("Idea"),
        "ballot": text("You helped design"), "survey": text("Survey"),
        "case": text("Case %(number)s", number=one.number),
    }  # fmt: skip
    said = known.get(one.kind, text("Said"))
    if one.speaker:
        said = text("%(what)s by %(name)s", what=said, name=one.speaker)
    return f"{said}, {short_day(one.said_at)}"


def short_day(moment: datetime | date) -> str:
    """Return a day without its year where that is this one: “2 June”."""
    if moment.year == today().year:
        return str(format_skeleton("MMMMd", moment, locale=locale()))
    return str(format_date(moment, format="long", locale=locale()))


def month(moment: datetime | date) -> str:
    """Return a month, with its year where that is not this one: “January”, “May 2025”."""
    if moment.year == today().year:
        return str(format_date(moment, "LLLL", locale=locale()))
    return str(format_skeleton("yMMMM", moment, locale=locale()))


def _said(one: Contribution) -> tuple[str, str]:
    facts, company = one.facts, _others(one.other_count)
    if facts.idea_status and facts.told_words and one.reach in (Reach.HEARD, Reach.GROUPED, Reach.WEIGHED):
        return "", facts.told_words  # The official answer to the idea itself.
    match one.reach:
        case Reach.HEARD:
            return "", text("It is written down and will be read.")
        case Reach.GROUPED:
            return "", company or text("It lies beside what others say.")
        case Reach.WEIGHED:
            if facts.is_in_review:
                return "", _joined(company, text("We are deciding about it now, and you read it here."))
            invited = text("You can help design it.") if facts.is_designing else ""
            return "", _joined(company, text("We weigh what to do about it."), invited)
        case Reach.NOT_NOW:
            return text("We decided against it."), facts.told_words
        case Reach.LATER:
            return text("Not now."), facts.told_words
        case Reach.DESIGNING:
            return text("We do it, and you can help design it."), facts.told_words
        case Reach.DECIDED | Reach.DESIGNED:
            return text("We decided to do it."), facts.told_words
    since = short_day(facts.launched_at) if facts.launched_at else ""
    here: str = text("It is there since %(day)s.", day=since) if since else text("It is there.")
    return "", _joined(here, facts.launch_words, _answered(facts.answer))


def further_words(step: str, account_count: int) -> str:
    """Return what a notice says of words that came further.

    :param account_count: accounts that say the same, the reader's own among them.
    """
    company = _others(others(account_count))
    if step == "weighed":
        return _joined(company, text("We weigh what to do about it."))
    return company or str(text("It lies beside what others say."))


def _answered(answer: str) -> str:
    words: dict[str, str] = {
        "yes": text("You said it solved it."), "partly": text("You said it solved a part of it."),
        "no": text("You said it did not solve it; we read that."),
    }  # fmt: skip
    return words.get(answer, "")


def _others(count: int) -> str:
    if not count:
        return ""
    return str(texts("One other company says the same.", "%(num)d other companies say the same.", count))


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def _step_word(step: Step) -> str:
    words: dict[Step, str] = {
        Step.HEARD: text("Heard"), Step.GROUPED: text("Grouped"), Step.DECIDED: text("Decided"),
        Step.DESIGNED: text("Designed"), Step.BUILT: text("Built"), Step.SOLVED: text("Solved?"),
        Step.NOT_NOW: text("Decided against"), Step.LATER: text("Not now"),
    }  # fmt: skip
    return words[step]
