"""The bicycle of the textbook as its editor types it: 72 combinations, 18 allowed, the cheapest 700."""

from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from ideaflow.codesign.kinds.drafts import Drafts

MODULES = {
    "Frame": {"S": 300, "M": 350, "L": 420},
    "Wheel": {"26": 80, "29": 120},
    "Brake": {"Rim": 40, "Disc": 110},
    "Suspension": {"None": 0, "Front": 150, "Full": 400},
    "Drive": {"Single": 60, "Double": 90},
}
RULES = (
    ("S needs 26", "Small frames take 26-inch wheels"),
    ("Full does not go with S", "Full suspension needs a larger frame than S"),
    ("Front or Full needs Disc", ""),
    ("None cannot be taken", "Every bicycle is sprung"),
)


def form(
    *rules: str,
    modules: Mapping[str, Mapping[str, int]] = MODULES,
    known: Sequence[tuple[str, str]] = RULES,
    **more: str,
) -> MultiDict[str, Any]:
    """Return the editor's form of the bicycle, or of other modules; ``rules`` beside those ``known``."""
    fields = MultiDict({"currency": "EUR", "mode": "confidential", **more})
    for place, (module, options) in enumerate(modules.items(), start=1):
        for name, value in (("key", f"m{place}"), ("name", module), ("takes", "one")):
            fields.add(f"module_{name}", value)
        for option, price in options.items():
            values = {"module": f"m{place}", "key": "", "name": option, "note": "", "price": price}
            values["days"] = price // 20
            for name, value in values.items():
                fields.add(f"option_{name}", str(value))
    for text, why in (*known, *((one, "") for one in rules)):
        fields.add("rule_text", text)
        fields.add("rule_why", why)
    return fields


BICYCLE = dict(Drafts().read(form()))
KEYS = {one["name"]: one["key"] for one in BICYCLE["options"]}
PLACES = {one["name"]: f"pick-{one['module']}" for one in BICYCLE["options"]}


def chosen(*names: str, **more: str) -> dict[str, str]:
    """Return the configurator's form with these options chosen."""
    return {PLACES[name]: KEYS[name] for name in names} | more
