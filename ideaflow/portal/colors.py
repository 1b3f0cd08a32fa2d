"""A company's colour, made readable: as text, as ground of a button, on light and on dark pages.

Contrast is that of WCAG 2.2: (L1 + .05) / (L2 + .05) of relative luminances; text needs 4.5.
"""

import re
from dataclasses import dataclass

Rgb = tuple[float, float, float]
LIGHT_PAGE, DARK_PAGE, WHITE = "#f6f6f1", "#1b1c1a", "#ffffff"
ENOUGH = 4.6
"""A little over 4.5: colours are rounded to whole steps when written."""
STEP = 0.03
IN_HEX = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)


@dataclass(frozen=True)
class Shades:
    """What the portal needs of a colour; each pair is for light and dark pages, in hexadecimal."""

    brand: tuple[str, str]  # Text and icons on the page and on the soft ground.
    fill: tuple[str, str]  # The ground of a button with white words.
    hover: tuple[str, str]
    soft: tuple[str, str]  # The ground of what calls.


def is_color(value: str) -> bool:
    """Return whether this is a colour such as ``#17654b``."""
    return IN_HEX.fullmatch(value) is not None


def shades(color: str) -> Shades:
    """Return the shades of a colour, each as near to it as can be read.

    :raises ValueError: it is not written like ``#17654b``.
    """
    if not is_color(color):
        raise ValueError(f"{color!r} is no colour; write it like #17654b.")
    base = _rgb(color)
    soft = (_hex(_mix(base, _rgb(WHITE), 0.91)), _hex(_mix(base, _rgb(DARK_PAGE), 0.82)))
    fill = _until(base, _rgb("#000000"), WHITE)
    return Shades(
        brand=(
            _until(base, _rgb("#000000"), WHITE, LIGHT_PAGE, soft[0]),
            _until(base, _rgb(WHITE), DARK_PAGE, soft[1]),
        ),
        fill=(fill, fill),
        hover=(_hex(_mix(_rgb(fill), _rgb("#000000"), 0.2)), _hex(_mix(_rgb(fill), _rgb("#000000"), 0.15))),
        soft=soft,
    )


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21."""
    light, dark = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _until(color: Rgb, towards: Rgb, *grounds: str) -> str:
    """Return the colour moved towards black or white until it can be read on all these grounds."""
    share = 0.0
    while share < 1:
        moved = _hex(_mix(color, towards, share))
        if all(contrast(moved, ground) >= ENOUGH for ground in grounds):
            return moved
        share += STEP
    return _hex(towards)


def _mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (a + (b - a) * share for a, b in zip(one, other, strict=True))
    return red, green, blue


def _luminance(color: Rgb) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rgb(color: str) -> Rgb:
    red, green, blue = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def _hex(color: Rgb) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in color)
