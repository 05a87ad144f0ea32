"""Draws photos anew. A program of its own, without Django: `python -I photos.py PIXELS FD FD`
reads the photo from stdin, writes it and its thumbnail to the two files and its facts as JSON to stdout.

A decoder that a hostile photo breaks into breaks here, away from the site's secrets, memory and speed.
Drawing anew leaves nothing but the picture: no place, no device, no second file behind the first.
"""

import json
import os
import resource
import sys

from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "HEIF")
MOVING = ("GIF", "WEBP", "PNG")  # elsewhere a second frame is a copy or another size of the first
THUMBNAIL_PIXELS = 640
QUALITY, THUMBNAIL_QUALITY, MOVING_QUALITY = 90, 75, 80
LONGEST_PROFILE_BYTES = 64 * 1024
BYTES_PER_PIXEL = 4
COPIES = 5  # that are held of a picture at once: decoded, turned, converted, encoded
BASE_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 30
NICENESS = 10
FIRST_FRAME_MS = 100


class TooManyPixels(Exception):
    """More than the site draws, all frames counted."""


def redraw(source, target, thumbnail, most_pixels: int) -> dict:
    """Write the upright picture and its thumbnail, a WebP of at most THUMBNAIL_PIXELS a side. Moving pictures
    become WebP, HEIC and AVIF become JPEG, the others stay what they are. Raises TooManyPixels, or whatever a
    decoder says of what is no whole picture."""
    image = _open(source, most_pixels)
    moves = image.format in MOVING and getattr(image, "n_frames", 1) > 1
    if moves and image.width * image.height * image.n_frames > most_pixels:
        raise TooManyPixels
    image.load()
    profile = _colours(image)
    still = _plain(ImageOps.exif_transpose(image))
    kind = "WEBP" if moves else _kind(image.format, still)
    if moves:
        image.save(target, kind, icc_profile=profile, **_movement(image))
    else:
        still.save(target, kind, quality=QUALITY, icc_profile=profile)
    size = still.size
    still.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS), reducing_gap=3)
    still.save(thumbnail, "WEBP", quality=THUMBNAIL_QUALITY, icc_profile=profile)
    return {"content_type": Image.MIME[kind], "width": size[0], "height": size[1]}


def _open(source, most_pixels: int) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = None  # counted here, before a pixel is decoded
    Image.init()
    register_heif_opener(thumbnails=False)
    image = Image.open(source, formats=FORMATS)
    if image.width * image.height > most_pixels:
        raise TooManyPixels
    return image


def _colours(image: Image.Image) -> bytes | None:
    """What the numbers mean as colours; it says nothing of people. Wrong once they are converted."""
    profile = image.info.get("icc_profile")
    kept = image.mode in ("L", "P", "RGB", "RGBA") and len(profile or b"") <= LONGEST_PROFILE_BYTES
    return profile if kept and profile else None


def _plain(image: Image.Image) -> Image.Image:
    """The bare picture in 8 bits a colour, without what its file said beside it."""
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    if image.has_transparency_data:
        image = image.convert("RGBA")
    elif image.mode not in ("L", "RGB"):
        image = image.convert("RGB")
    image.info = {}
    return image


def _kind(given: str, still: Image.Image) -> str:
    if given in ("PNG", "GIF"):
        return "PNG"
    if given == "WEBP":
        return "WEBP"
    return "PNG" if still.mode == "RGBA" else "JPEG"


def _movement(image: Image.Image) -> dict:
    """How the WebP encoder is to show the frames."""
    durations = []
    for number in range(image.n_frames):
        image.seek(number)
        image.load()
        durations.append(int(image.info.get("duration") or FIRST_FRAME_MS))
    image.seek(0)
    return {
        "save_all": True,
        "duration": durations,
        "loop": image.info.get("loop", 1),
        "quality": MOVING_QUALITY,
        "method": 2,
        "exif": b"",
        "xmp": b"",
    }


def _limit(most_pixels: int) -> None:
    memory = BASE_BYTES + most_pixels * BYTES_PER_PIXEL * COPIES
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICENESS)


def main() -> int:
    """0 with facts, or with {"refused": code}; anything else is a broken photo."""
    most_pixels, target, thumbnail = map(int, sys.argv[1:])
    _limit(most_pixels)
    with open(target, "wb") as drawn, open(thumbnail, "wb") as small:
        try:
            facts = redraw(sys.stdin.buffer, drawn, small, most_pixels)
        except TooManyPixels:
            facts = {"refused": "attachment_too_many_pixels"}
        except Exception:  # decoders raise anything at a broken file
            facts = {"refused": "attachment_damaged"}
    print(json.dumps(facts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
