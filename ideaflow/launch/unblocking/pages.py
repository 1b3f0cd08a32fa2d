"""Pages of gaps: what an opportunity waits for, and the open sales behind a proposal."""

from collections.abc import Sequence
from decimal import Decimal

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow import parts, typed
from ideaflow.accounts.models import Opportunity, OpportunityState
from ideaflow.launch.unblocking import pipeline as pipelines
from ideaflow.launch.unblocking import reading, saving
from ideaflow.launch.unblocking.gaps import Severity, Split, Worth, shares_of
from ideaflow.launch.unblocking.models import OpportunityGap
from ideaflow.paging import Page, key_of_values, read_key
from ideaflow.proposals import hooks
from ideaflow.proposals import parts as proposal_parts
from ideaflow.proposals import queries as proposals
from ideaflow.proposals.models import Proposal
from ideaflow.proposals.parts import PagePart, Place
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import mark_current, render
from ideaflow.wording import money, plural

PAGE_SIZE = 50
bp = Blueprint("gaps", __name__)


@bp.post("/opportunities/<int:opportunity_id>/gaps")
@requires(Right.CAPTURE)
def say(opportunity_id: int) -> ResponseReturnValue:
    """Keep what a sale waits for and how much, or that it does not wait for it."""
    form = request.form
    what, seen = form.get("what", ""), form.get("version", 0, type=int)
    if what.count(":") == 2:  # Chosen from the list, where it was refused before.
        what, _, version = what.rpartition(":")
        seen = typed.number(version) or seen
    if form.get("severity") == "none":
        saving.refuse_gap(opportunity_id, what, seen, by=actor())
        flash("It does not wait for that.")
    else:
        suggested = "suggested" in form
        gap = saving.set_gap(
            opportunity_id, what, form.get("severity", ""), seen, is_suggested=suggested, by=actor()
        )
        flash(f"Kept as {Severity(gap.severity).words}.", "go")
    return redirect(url_for("accounts.opportunity", opportunity_id=opportunity_id) + "#gaps", 303)


@bp.get("/proposals/<int:proposal_id>/pipeline")
@requires(Right.READ)
def of_proposal(proposal_id: int) -> ResponseReturnValue:
    """Show the open sales that wait for a proposal, and what each puts into its range."""
    mark_current("proposals.index")
    proposal = proposals.find(proposal_id)
    split = _split(request.args.get("split", ""))
    which = request.args.get("which", "")
    pipeline = pipelines.pipeline_of([proposal.id])
    worth = pipeline.worth([proposal.id], split)
    sales = [one for one in pipeline.sales if which != "sole" or one.is_sole(proposal.id)]
    page = _page(sales, worth, request.args.get("after"))
    return render(
        "selling/pipeline.html", fragment="rows", proposal=proposal, pipeline=pipeline, worth=worth,
        split=split, splits=list(Split), which=which, page=page,
    )  # fmt: skip


def _split(said: str) -> Split:
    return Split(said) if said in set(Split) else Split.EVEN


def _page(sales: list[pipelines.OpenSale], worth: Worth, after: str | None) -> Page[pipelines.OpenSale]:
    """Return a page, the largest share first; all sales are at hand, for the range is made of them."""
    ordered = sorted(sales, key=lambda one: (-worth.shares[one.id], one.id))
    if after:
        share, number = read_key(after, Decimal, int)
        ordered = [one for one in ordered if (-worth.shares[one.id], one.id) > (-share, number)]
    rows = ordered[:PAGE_SIZE]
    more = len(ordered) > PAGE_SIZE
    return Page(rows, key_of_values([worth.shares[rows[-1].id], rows[-1].id]) if more else None)


def _choices(opportunity_id: int, gaps: Sequence[OpportunityGap]) -> dict[str, list[tuple[str, str]]]:
    """Return what else it may wait for; what was refused once carries its version."""
    there = {gap.target for gap in gaps}
    refused = {gap.target: gap.version for gap in reading.gaps_of(opportunity_id, refused=True)}
    return {
        kind: [
            (f"{key}:{refused[key]}" if key in refused else key, name)
            for key, name in known
            if key not in there
        ]
        for kind, known in reading.choices().items()
    }


def _of_opportunity(opportunity: Opportunity) -> parts.Part:
    gaps = reading.gaps_of(opportunity.id)
    is_open = opportunity.state == OpportunityState.OPEN
    severities = [Severity(gap.severity) for gap in gaps]
    amount = opportunity.amount
    shares = shares_of(amount, severities) if amount and gaps else [None] * len(gaps)
    return parts.Part(
        "selling/_gaps.html",
        {
            "opportunity": opportunity, "gaps": list(zip(gaps, shares, strict=True)),
            "served": reading.served_by([gap.id for gap in gaps]), "is_open": is_open,
            "suggestions": reading.suggestions(opportunity) if is_open else [],
            "choices": _choices(opportunity.id, gaps) if is_open else {}, "severities": list(Severity),
        },
    )  # fmt: skip


def _of_proposal(proposal: Proposal) -> PagePart | None:
    pipeline = pipelines.pipeline_of([proposal.id])
    worth = pipeline.worth([proposal.id])
    if not worth.sale_count and not pipeline.left_out:
        return None
    return PagePart("selling/_unblocks.html", {"worth": worth, "pipeline": pipeline})


def _in_list(proposal_ids: Sequence[int]) -> dict[int, proposal_parts.Figure]:
    found = pipelines.worths(proposal_ids)
    return {
        number: proposal_parts.Figure(
            money(worth.share, pipeline.currency),
            f"{money(worth.sole, pipeline.currency)} to {money(worth.touched, pipeline.currency)}, "
            f"{plural(worth.sale_count, 'sale')}",
            url_for("gaps.of_proposal", proposal_id=number),
        )
        for number, (worth, pipeline) in found.items()
    }  # fmt: skip


parts.add("accounts.opportunity", _of_opportunity)
proposal_parts.add_part(Place.GATES, _of_proposal)
proposal_parts.tell_figures("Unblocks", _in_list)
hooks.on_merge(saving.follow_merge)
