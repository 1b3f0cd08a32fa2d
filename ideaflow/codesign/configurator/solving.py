"""Designs that keep all rules: is there one, which is cheapest, which are there. Pure; OR-Tools is loaded
late.

CP-SAT of OR-Tools (Apache-2.0), one worker and one seed: the same question gets the same answer. The solver
takes some 70 MB and a second or two to load, so it is loaded by the first question, never by a page that
asks none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ideaflow.codesign.configurator.parts import Count, Design, Excludes, Kit, Limit, Requires, Rule

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

MOST_LISTED = 10_000
EFFORT = 20.0
"""Deterministic time of the solver for one question: seconds on no machine in particular."""


class TooHard(RuntimeError):
    """The rules were not decided within the effort allowed: fewer or simpler rules are needed."""


class Questions:
    """A kit as a model of the solver, asked again and again.

    :ivar chosen: one yes-or-no variable an option.
    :ivar kept: with ``is_open``, one a rule, so that a question may leave rules out.
    """

    def __init__(self, kit: Kit, *, is_open: bool = False) -> None:
        from ortools.sat.python import cp_model

        self.kit = kit
        self.kept: list[Any] = []
        self.model = cp_model.CpModel()
        self.chosen = {key: self.model.new_bool_var(key) for key in kit.options}
        for module in kit.modules:
            taken = sum(self.chosen[option.key] for option in module.options)
            self.model.add_linear_constraint(taken, module.least, module.most)
        for place, rule in enumerate(kit.rules):
            added = _add(rule, self.model, self.chosen, kit)
            if is_open:
                self.kept.append(self.model.new_bool_var(f"rule {place}"))
                for constraint in added:
                    constraint.only_enforce_if(self.kept[place])

    def price(self) -> Any:
        """Return the price as an expression of the model."""
        return sum(option.price * self.chosen[key] for key, option in self.kit.options.items())

    def one(self, fixed: Design = frozenset()) -> Design | None:
        """Return a valid design that holds ``fixed``, the best if something is minimised; None: none."""
        self.model.clear_assumptions()
        self.model.add_assumptions([self.chosen[key] for key in sorted(fixed)])
        solver = _solver(is_feasibility=not self.model.has_objective())
        return self._read(solver, solver.solve(self.model))

    def clash(self, things: Sequence[str | int]) -> list[str | int] | None:
        """Return some of these choices (keys) and rules (places) that no design keeps; None when one does.

        Of an open model only; rules that are not named do not hold.
        """
        literal = {
            thing: self.kept[thing] if isinstance(thing, int) else self.chosen[thing] for thing in things
        }
        self.model.clear_assumptions()
        self.model.add_assumptions(list(literal.values()))
        solver = _solver(is_feasibility=True)
        if self._read(solver, solver.solve(self.model)) is not None:
            return None
        core = set(solver.sufficient_assumptions_for_infeasibility())
        return [thing for thing, one in literal.items() if one.index in core]

    def _read(self, solver: cp_model.CpSolver, status: int) -> Design | None:
        name = solver.status_name(status)
        if name == "INFEASIBLE":
            return None
        if name != "OPTIMAL" and not (name == "FEASIBLE" and not self.model.has_objective()):
            raise TooHard(f"undecided after {EFFORT:g} units of effort: {name}")
        return frozenset(key for key, one in self.chosen.items() if solver.boolean_value(one))


def cheapest(kit: Kit, fixed: Design = frozenset()) -> Design | None:
    """Return the valid design of the lowest price that holds ``fixed``; None when there is none."""
    questions = Questions(kit)
    questions.model.minimize(questions.price())
    return questions.one(fixed)


def possible(kit: Kit, design: Design = frozenset()) -> frozenset[str]:
    """Return the options that can be taken beside what is chosen, so that a valid design is still ahead.

    In a module of which one is taken, taking another puts back the first.
    """
    questions, found = Questions(kit), set[str]()
    for key in kit.options:
        wanted = kit.with_choice(design, key)
        if key not in found and (answer := questions.one(wanted)):
            # What else a solution holds is possible, too, where it keeps what is chosen beside it.
            found |= {other for other in answer if kit.with_choice(design, other) <= answer}
    return frozenset(found)


def valid_designs(kit: Kit, most: int = MOST_LISTED) -> list[Design]:
    """Return every valid design, cheapest first, at most so many."""
    from ortools.sat.python import cp_model

    questions, found = Questions(kit), list[Design]()

    class Listing(cp_model.CpSolverSolutionCallback):  # type: ignore[misc, unused-ignore]
        """Keeps each solution as it is found."""

        def on_solution_callback(self) -> None:
            """Keep one, and stop when there are enough."""
            found.append(frozenset(key for key, one in questions.chosen.items() if self.boolean_value(one)))
            if len(found) >= most:
                self.stop_search()

    solver = _solver()
    solver.parameters.enumerate_all_solutions = True
    solver.solve(questions.model, Listing())
    return sorted(found, key=lambda design: (kit.price_of(design), sorted(design)))


def _solver(*, is_feasibility: bool = False) -> cp_model.CpSolver:
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = EFFORT
    if is_feasibility:
        # Asked dozens of times a page, of models that are small: preparing costs more than it saves.
        solver.parameters.cp_model_presolve = False
        solver.parameters.linearization_level = 0
    return solver


def _add(
    rule: Rule, model: cp_model.CpModel, chosen: Mapping[str, Any], kit: Kit
) -> list[cp_model.Constraint]:
    """Write a rule as constraints of the model, and return them."""
    match rule:
        case Requires():
            then = [chosen[one] for one in sorted(rule.then)]
            return [model.add_bool_or([~chosen[key], *then]) for key in sorted(rule.when)]
        case Excludes():
            pairs = ((key, other) for key in sorted(rule.when) for other in sorted(rule.never))
            return [model.add_bool_or([~chosen[key], ~chosen[other]]) for key, other in pairs]
        case Count():
            taken = sum(chosen[key] for key in sorted(rule.options))
            most = len(rule.options) if rule.most is None else rule.most
            return [model.add_linear_constraint(taken, rule.least, most)]
        case Limit():
            total = sum(one.amount(rule.amount) * chosen[key] for key, one in kit.options.items())
            return [model.add(total <= rule.most)]
