"""Images from outside: looked at with suspicion, drawn anew, so that nothing of the file itself is kept."""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from ideaflow.errors import Invalid

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_BYTES = 8 * 1024**2
MOST_PIXELS = 40_000_000
"""A photo of a telephone; what claims more is refused before a pixel is read."""
SIDE = 1_600
TYPE = "image/webp"


class Refused(Invalid):
    """An image is not taken; ``code`` says why, the door says it in words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Drawn:
    """An image of ours."""

    content: bytes
    width: int
    height: int
    content_type: str = TYPE


def redraw(content: bytes) -> Drawn:
    """Return the first frame of an image as a new file: upright, at most ``SIDE`` wide and high, no metadata.

    :raises Refused: ``too_large`` (bytes), ``too_many_pixels``, ``no_image`` (also: another format, broken).
    """
    if len(content) > MOST_BYTES:
        raise Refused("too_large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            # Only the formats named: Pillow tries no other reader, whatever the file says it is.
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise Refused("too_many_pixels")
                image.draft("RGB", (SIDE, SIDE))
                return _written(ImageOps.exif_transpose(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("too_many_pixels") from error
    except Refused:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, OverflowError) as error:
        raise Refused("no_image") from error


def _written(image: Image.Image) -> Drawn:
    has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    plain = image.convert("RGBA" if has_alpha else "RGB")
    plain.thumbnail((SIDE, SIDE))
    # Pixels alone go into a new image: what the file carried beside them stays behind.
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    out = io.BytesIO()
    bare.save(out, "WEBP", quality=82)
    return Drawn(out.getvalue(), bare.width, bare.height)
