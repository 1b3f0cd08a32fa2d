"""The numbers of the portfolio equal a small history worked out by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from ideaflow.gates.process import definition, publishing
from ideaflow.insights.drift import Numbers, Then
from ideaflow.insights.flow import flow_sheet
from ideaflow.insights.forecast import Packed, Worth, forecasts
from ideaflow.insights.framing import frame_of
from ideaflow.insights.load import KEEPER_WEEKS, Keeper
from ideaflow.insights.mix import Dimension, Present, mix_sheet
from ideaflow.insights.pace import Pledge, pace_sheet
from ideaflow.insights.terms import Frame, GateWord, Review, StageWord, Stay, Step, Way, change, figures_in

DAY0 = datetime(2026, 1, 1, tzinfo=UTC)
NOW = DAY0 + timedelta(days=100)
FRAME = Frame(
    (StageWord("scope", "Scope", 10, 20, ("Product",)), StageWord("build", "Build", 30, 60, ("Engineers",))),
    (GateWord("g1", "Gate 1", False), GateWord("g2", "Gate 2", True)),
    {("full", "scope"): 4, ("full", "build"): 2},
    {
        ("full", "scope"): (Step("Ask", "Product", "link evidence"), Step("Cost it", "Finance", "estimate")),
        ("full", "build"): (
            Step("Build", "Engineers", "done outside"),
            Step("Show", "Product", "link evidence"),
            Step("Test", "Engineers", "hand in a deliverable"),
        ),
    },
)
SECONDS = 86_400.0


def stay(key, stage, begin, end, active, wait=0.0, hold=0.0, reason=""):
    """A stay from day ``begin`` to ``end``, None for one that goes on."""
    left = None if end is None else DAY0 + timedelta(days=end)
    times = (active * SECONDS, wait * SECONDS, hold * SECONDS)
    return Stay(key, stage, DAY0 + timedelta(days=begin), left, *times, reason)


def way(key, state, *stays, **more):
    values = {
        "title": f"Number {key}", "owner_id": 1 + key % 2, "owner": ("Ann", "Ben")[key % 2], "arena": "Yard",
        "type": "improve", "strategy": "satisfy", "process": "full", "stage_key": stays[-1].stage_key,
        "started_at": stays[0].entered_at, "is_live": state in ("working", "gate_ready", "on_hold"),
        "asked_amount": 100.0, "asked_people": 2, "effort_months": 10.0,
    }  # fmt: skip
    return Way(id=key, state=state, stays=stays, **{**values, **more})


WAYS = [
    # Six proposals: two launched, two killed (one late), one in Build, one in Scope after being sent back.
    way(1, "launched", stay(1, "scope", 0, 10, 8, 2, reason="go"),
        stay(1, "build", 10, 50, 36, 4, reason="go")),
    way(2, "launched", stay(2, "scope", 5, 25, 15, 5, reason="go"),
        stay(2, "build", 25, 85, 40, 0, 20, "go")),
    way(3, "killed", stay(3, "scope", 10, 40, 25, 5, reason="kill")),
    way(4, "killed", stay(4, "scope", 20, 30, 10, reason="conditional_go"),
        stay(4, "build", 30, 60, 29, 1, reason="kill")),
    way(5, "working", stay(5, "scope", 40, 60, 18, 2, reason="go"), stay(5, "build", 60, None, 40)),
    way(6, "gate_ready", stay(6, "scope", 50, 70, 17, 3, reason="recycle"),
        stay(6, "scope", 70, None, 20, 10)),
]  # fmt: skip


def review(key, gate, opened, decision, decided, due=5, **more):
    begin = DAY0 + timedelta(days=opened)
    end = None if decided is None else DAY0 + timedelta(days=decided)
    return Review(key, gate, begin, (begin + timedelta(days=due)).date(), decision, end, **more)


REVIEWS = [
    review(1, "g1", 8, "go", 10, granted_amount=30.0), review(1, "g2", 46, "go", 50, granted_amount=10.0),
    review(2, "g1", 21, "go", 25, granted_amount=20.0), review(2, "g2", 84, "go", 85),
    review(3, "g1", 34, "kill", 40), review(4, "g1", 29, "conditional_go", 30, granted_amount=25.0),
    review(4, "g2", 59, "kill", 60), review(5, "g1", 58, "go", 60, is_override=True, granted_amount=15.0),
    review(6, "g1", 67, "recycle", 70), review(6, "g1", 90, "", None),
]  # fmt: skip


def flow(since=None):
    return flow_sheet(FRAME, WAYS, REVIEWS, since, NOW)


def test_attrition_counts_who_got_how_far_for_each_launched():
    """All six began; 1, 2, 4 and 5 got to Build; 1 and 2 launched: too few launched to divide by."""
    assert [one.count.value for one in flow().reached] == [6, 4, 2]
    assert [one.per_launch.note for one in flow().reached] == ["too few to say"] * 3
    many = flow_sheet(FRAME, [*WAYS, *(way(key, *_launched(key)) for key in (7, 8, 9))], [], None, NOW)
    assert [one.per_launch.value for one in many.reached] == [9 / 5, 7 / 5, 1]


def _launched(key):
    return "launched", stay(key, "scope", 0, 9, 9, reason="go"), stay(key, "build", 9, 20, 11, reason="go")


def test_a_gate_lets_through_what_it_decided_go_on():
    """Gate 1 decided six: go 1, 2, 5, conditional go 4, kill 3, recycle 6 → 4 of 6, Wilson .300–.903."""
    gate = flow().gates[0]
    assert gate.passed.value == pytest.approx(4 / 6)
    assert (gate.passed.low, gate.passed.high) == pytest.approx((0.300, 0.903), abs=1e-3)
    assert (gate.killed.value, gate.recycled.value, gate.held.value) == (1 / 6, 1 / 6, 0)
    assert flow().gates[1].passed.note == "too few to say"  # Three decisions.


def test_late_kills_overrides_and_what_was_granted_to_the_killed():
    """Kills: 3 at Gate 1, 4 at Gate 2, which is late: 1 of 2, too few. Overrides: 1 of 6 go decisions.
    Granted 30 + 10 + 20 + 25 + 15 = 100, of which 25 to proposal 4, killed since."""
    sheet = flow()
    assert (sheet.late_kills.count, sheet.late_kills.of, sheet.late_kills.value) == (1, 2, None)
    assert sheet.overrides.value == pytest.approx(1 / 6)
    assert sheet.spend_killed.value == pytest.approx(0.25)
    assert [case.proposal_id for case in sheet.spend_killed.counted] == [4]


def test_conversion_counts_those_under_way_as_long_as_they_were_seen():
    """Days from entering Scope: 1 to Build at 10, 2 at 20, 4 at 10, 5 at 20; 3 killed at 30; 6 seen until 50.

        t    in Scope  moves         got to Build         killed before
        10   6         1, 4 → Build  2/6                  0
        20   4         2, 5 → Build  2/6 + 4/6·2/4 = 4/6  0
        30   2         3 killed      4/6                  2/6·1/2 = 1/6

    The plain ratio is the same, 4/6, as 6 was seen longer than all others. To launch it is not:
    1 at 50, 2 at 80 (85 − 5); in Build: 1 from 10, 2 from 20, 4 from 10 (killed at 40), 5 from 20 to 60.

        40   in Build 4 (1, 2, 4, 5): 4 killed    in Build 4/6·3/4 = 3/6,  killed 1/6 + 1/6 = 2/6
        50   in Build 3: 1 launched               in Build 3/6·2/3 = 2/6,  launched 1/6
        80   in Build 1 (5 was seen to 60)        launched 1/6 + 2/6 = 3/6
    """
    build, launch, _ = flow().passages
    assert (build.from_key, build.to_key) == ("scope", "build")
    assert build.advanced.value == pytest.approx(4 / 6)
    assert build.killed.value == pytest.approx(1 / 6)
    assert [curve.last for curve in launch.curves] == pytest.approx([3 / 6, 2 / 6, 0])
    assert launch.advanced.note == "too few to say"  # Of four the end is known.
    assert launch.naive == pytest.approx(2 / 6)
    assert {case.proposal_id for case in launch.advanced.counted} == {1, 2}


def test_a_period_looks_only_at_what_began_or_was_decided_in_it():
    sheet = flow(since=DAY0 + timedelta(days=30))
    assert sheet.reached[0].count.value == 2  # 5 and 6.
    assert sheet.gates[0].passed.of == 4  # 3, 4, 5 and 6.


def test_a_migration_is_no_advance():
    moved = way(7, "working", stay(7, "scope", 0, 10, 10, reason="migrate"), stay(7, "build", 10, None, 90))
    passage = flow_sheet(FRAME, [*WAYS, moved], [], None, NOW).passages[0]
    # Seen in Scope until 10, where two of seven move on, and then no more: 2/7 + 5/7 · 2/4 = 9/14.
    assert passage.advanced.value == pytest.approx(9 / 14)


def pace(pledges=(), since=None):
    return pace_sheet(FRAME, WAYS, REVIEWS, pledges, since, NOW)


def test_times_of_a_stage_are_in_days_worked_on():
    """Work in Scope: 8, 15, 25, 10, 18, 17 are over by a decision, 20 goes on. Sorted 8 10 15 17 18 20+ 25.

    Still there after 8: 6/7, 10: 5/7, 15: 4/7, 17: 3/7 ≤ .5 → middle 17; 18: 2/7; 25: 0 ≤ .15 → 25.
    """
    scope, build = pace().stages
    assert scope.work.value == 17
    assert scope.work_most.value == 25
    assert (scope.work.count, scope.work.of) == (6, 7)
    assert build.work.note == "too few to say"  # Three are over.


def test_time_divides_into_work_wait_and_hold():
    """Scope: active 8 + 15 + 25 + 10 + 18 + 17 + 20 = 113, wait 2 + 5 + 5 + 0 + 2 + 3 + 10 = 27."""
    scope = pace().stages[0]
    assert scope.efficiency.value == pytest.approx(113 / 140)
    assert (scope.active_days, scope.wait_days, scope.hold_days) == pytest.approx((113 / 7, 27 / 7, 0))
    # Build adds active 36 + 40 + 29 + 40 = 145, wait 4 + 1, hold 20: 310 in all.
    sheet = pace()
    assert sheet.efficiency.value == pytest.approx(258 / 310)
    assert sheet.active_share + sheet.wait_share + sheet.hold_share == pytest.approx(1)


def test_gates_decide_within_days_and_by_the_day_that_was_due():
    """From pack to decision: 2 4 4 1 6 1 1 2 3 days, and 10 for the one still open.

    Sorted 1 1 1 2 2 3 4 4 6 10+: still open after 1: .7, 2: .5 → middle 2; after 4: .2, 6: .1 → 6 for 85.
    All were due after five days: 3 took 6, 6's second is open past its day → 8 of 10 in time.
    """
    sheet = pace()
    assert (sheet.latency.value, sheet.latency_most.value) == (2, 6)
    assert sheet.in_time.value == pytest.approx(0.8)
    assert (sheet.in_time.low, sheet.in_time.high) == pytest.approx((0.490, 0.943), abs=5e-4)


def test_conditions_are_late_when_settled_after_their_day_or_not_at_all():
    due = date(2026, 3, 1)
    pledges = [
        Pledge(1, "a", due, due), Pledge(1, "b", due, date(2026, 3, 2)), Pledge(2, "c", due, None),
        Pledge(3, "d", date(2026, 9, 1), None), Pledge(4, "e", due, date(2026, 2, 1)),
        Pledge(5, "f", due, due),
    ]  # fmt: skip
    assert pace(pledges).overdue.value == pytest.approx(2 / 5)  # The fourth is not due yet.


def mix(**more):
    values = {
        "numbers": {5: Numbers(6, 50.0), 6: Numbers(2, 20.0)}, "risks": {5: "high", 6: "low"}, "then": [],
        "keepers": [], "targets": {}, "revenue_covered": 0.7,
    }  # fmt: skip
    live = [
        way(5, "working", WAYS[4].stays[-1], asked_amount=300.0),
        way(6, "gate_ready", WAYS[5].stays[-1], asked_amount=100.0, arena="Hall", type="service"),
    ]
    return mix_sheet(FRAME, [*WAYS[:4], *live], Present(**{**values, **more}))


def test_deviation_is_half_of_all_differences():
    """Asked 300 in Yard, 100 in Hall → .75 and .25; meant .6 and .4 → ½ (.15 + .15) = .15."""
    sheet = mix(targets={Dimension.ARENA: {"Yard": 0.6, "Hall": 0.4}})
    arena, kind, _, risk = sheet.balances
    assert arena.off.value == pytest.approx(0.15)
    assert kind.off.value is None
    assert [(one.key, one.part.actual_share) for one in risk.slices] == [
        ("low", 0.25), ("moderate", 0), ("high", 0.75),
    ]  # fmt: skip


def test_load_is_demand_beside_capacity():
    """One live proposal in Scope of four places, one in Build of two; Ann hands in 24 in 12 weeks, 3 wait."""
    sheet = mix(keepers=[Keeper(9, "Cay", (5, 6, 6), (1,) * 24)])
    loads = {one.load.name: one.load.share for one in sheet.roles}
    assert loads == {"Product": 1 / 4, "Engineers": 1 / 2, "Finance": None}
    assert sheet.keepers[0].share == pytest.approx(3 / (24 / KEEPER_WEEKS))
    assert {one.name: one.demand.value for one in sheet.owners} == {"Ann": 1, "Ben": 1}


def test_duties_are_the_steps_of_stages_that_proposals_are_worked_on_in():
    """Proposal 5 is worked on in Build: two steps of Engineers, one of Product. 6 is at its gate: none."""
    found = {one.load.name: one for one in mix().roles}
    todo = {name: one.duties.value for name, one in found.items()}
    assert todo == {"Product": 1, "Engineers": 2, "Finance": 0}
    by_function = {one.key: one.value for one in found["Engineers"].functions}
    assert by_function == {
        "duties.Engineers.done outside": 1, "duties.Engineers.hand in a deliverable": 1,
    }  # fmt: skip
    assert [(case.proposal_id, case.detail) for case in found["Product"].duties.counted] == [(5, "Show")]


def test_forecasts_drift_from_the_first_gate_that_heard_one():
    """Proposal 5: 200 at Gate 1, 150 at Gate 2 (−25 %), 250 now (+25 %); expected −40, then −50 now: −25 %.

    At its first pack nothing was estimated: that one is no beginning. 6 was never estimated at a gate.
    """
    packs = [
        Packed(5, "g0", "Gate 0", Worth()), Packed(5, "g1", "Gate 1", Worth(200.0, -40.0)),
        Packed(5, "g2", "Gate 2", Worth(150.0)), Packed(6, "g1", "Gate 1", Worth()),
    ]  # fmt: skip
    sheet = mix(packs=packs, worths={5: Worth(250.0, -50.0), 6: Worth(9.0, 9.0)}).forecasts
    (course,) = sheet.courses
    assert (course.first.gate_name, course.npv, course.expected) == ("Gate 1", 0.25, -0.25)
    assert course.gates == ((packs[2], -0.25, None),)
    assert [one.note for one in sheet.now] == ["too few to say"] * 2


def test_the_middle_of_forecasts_is_told_from_five_on_at_each_gate_and_by_owner():
    """From 100 to 110, 120, 130, 80 and 60 now: changes .1 .2 .3 −.2 −.4, the middle .1; at Gate 2 all 90."""
    ways = [way(key, "working", stay(key, "scope", 0, None, 1), owner="Ann") for key in range(1, 6)]
    gates = (("g1", 100.0), ("g2", 90.0))
    packs = [Packed(key, gate, gate, Worth(value)) for key in range(1, 6) for gate, value in gates]
    now = {key: Worth(value) for key, value in enumerate((110.0, 120.0, 130.0, 80.0, 60.0), 1)}
    found = forecasts(ways, packs, now)
    assert found.now[0].value == pytest.approx(0.1) and found.owners[0].value == pytest.approx(0.1)
    assert [(one.key, one.value) for one in found.gates] == [("forecast.at.g2", pytest.approx(-0.1))]
    assert [one.proposal_id for one in found.courses] == [5, 3, 2, 4, 1]


def test_drift_is_the_change_since_the_last_pack():
    """Proposal 5 asked for 200 then and 300 now: +50 %; its accounts went from 8 to 6: −25 %."""
    sheet = mix(then=[Then(5, "Gate 1", 200.0, 10.0, 8, 50.0)])
    drift = sheet.drifts[0]
    assert (drift.asked, drift.effort, drift.accounts, drift.revenue) == (0.5, 0, -0.25, 0)
    assert change(-100, -50) == 0.5
    assert sheet.medians[0].note == "too few to say"


def test_coverage_counts_live_proposals_with_enough_accounts():
    assert mix().coverage.value == 0.5
    assert mix().coverage.low is None  # Counted, not a sample.


def test_every_number_has_a_key_of_its_own():
    keys = [one.key for sheet in (flow(), pace(), mix()) for one in figures_in(sheet)]
    assert len(keys) == len(set(keys))


def test_processes_share_a_row_where_they_share_a_key_whatever_each_calls_it():
    def read(key):
        document = publishing.shipped(key)
        return key, definition.read(definition.canonical(document)), document

    frame = frame_of([read(key) for key in ("full", "lite", "express")])
    gates = {gate.key: gate for gate in frame.gates}
    assert len(frame.gates) == 6 and gates["gate_3"].name == "Gate 3"
    assert gates["gate_3"].elsewhere == ("Commitment gate in Lite and Express",)
    assert gates["gate_3"].asks == "Shall we commit people and money?"
    assert gates["launch_gate"].elsewhere == ()
    # No process calls a gate by a number that another gate has elsewhere.
    contents = [read(key)[1] for key in ("full", "lite", "express")]
    names = {(gate.name, gate.key) for content in contents for gate in content.gates}
    assert len({name for name, _ in names}) == len(names)
