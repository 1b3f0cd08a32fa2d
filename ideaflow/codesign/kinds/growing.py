"""What kinds share whose list grows while it is asked: customers add to it, others are asked that. Pure."""

from typing import Any

from ideaflow.codesign.kinds.contract import Definition, Instrument
from ideaflow.codesign.kinds.options import read_options


class Growing(Instrument):
    """Options that participants may add to; the next question follows from what others answered."""

    editor = "codesign/kinds/pairwise_editor.html"
    learns = takes_additions = has_own_buttons = True

    def blank(self) -> Definition:
        return {"options": [], "additions": True}

    def read(self, form: Any) -> Definition:
        return {"options": read_options(form), "additions": bool(form.get("additions"))}


def added_of(definition: Definition) -> set[str]:
    """Return the keys of options that participants added."""
    return {one["key"] for one in definition["options"] if one.get("is_added")}
