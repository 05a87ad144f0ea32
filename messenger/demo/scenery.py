"""Draws the demo's pictures: nothing downloaded, nobody on them. The same name and seed draw the same."""

import math
import random
from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Size = tuple[int, int]
JPEG_QUALITY = 82

# Sky above, sky at the horizon, the furthest ridge, the nearest one, the sun (or moon) and its height.
SKIES: dict[str, tuple[Colour, Colour, Colour, Colour, Colour, float]] = {
    "dawn": ((86, 112, 158), (250, 206, 170), (150, 138, 160), (38, 44, 66), (255, 238, 208), 0.52),
    "noon": ((70, 138, 206), (206, 230, 244), (142, 178, 196), (34, 84, 62), (255, 255, 246), 0.16),
    "mist": ((188, 202, 208), (234, 238, 236), (198, 208, 208), (66, 92, 88), (250, 250, 244), 0.26),
    "sunset": ((74, 56, 108), (246, 148, 92), (140, 84, 104), (34, 24, 42), (255, 222, 160), 0.56),
    "night": ((10, 16, 38), (44, 62, 104), (38, 52, 88), (8, 12, 24), (244, 240, 220), 0.22),
    "green": ((128, 182, 214), (232, 242, 226), (146, 188, 162), (26, 78, 46), (255, 255, 240), 0.2),
}


def draw(name: str, size: Size, seed: int) -> bytes:
    """The picture of this name as JPEG. Raises KeyError for a name that nobody draws."""
    image = PICTURES[name](size, random.Random(seed))  # noqa: S311  (no secret)
    return _written(image, "JPEG", quality=JPEG_QUALITY)


def draw_map(size: Size = (1000, 1414)) -> bytes:
    """A way over a mountain as a PDF of one page."""
    return _written(_map(size, random.Random(7)), "PDF", resolution=120)  # noqa: S311


def _written(image: Image.Image, kind: str, **options) -> bytes:
    written = BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    return tuple(round(a + (b - a) * share) for a, b in zip(one, other, strict=True))


def _sky(size: Size, above: Colour, below: Colour) -> Image.Image:
    width, height = size
    ramp = Image.new("L", size, 255)  # the horizon is a little below the middle
    ramp.paste(Image.linear_gradient("L").resize((width, height * 5 // 8)))
    return Image.composite(Image.new("RGB", size, below), Image.new("RGB", size, above), ramp)


def _skyline(width: int, chance: random.Random, rough: float) -> list[float]:
    """Heights from -1 to 1 for each fourth pixel: a few waves, the short ones low."""
    waves = [(2**n * chance.uniform(0.7, 1.3), chance.uniform(0, 6.3), rough**n) for n in range(7)]
    whole = sum(weight for _, _, weight in waves)
    return [
        sum(weight * math.sin(x / width * pace * 3 + at) for pace, at, weight in waves) / whole
        for x in range(0, width + 4, 4)
    ]


def _ridges(image: Image.Image, far: Colour, near: Colour, chance: random.Random, count: int = 6) -> None:
    width, height = image.size
    pen = ImageDraw.Draw(image)
    for number in range(count):
        share = number / (count - 1)
        base = height * (0.5 + 0.42 * share)
        swing = height * (0.17 - 0.06 * share)
        line = [(4 * n, base - swing * y) for n, y in enumerate(_skyline(width, chance, 0.56))]
        pen.polygon([*line, (width + 8, height), (0, height)], fill=_mix(far, near, share))


def _glow(image: Image.Image, colour: Colour, at: tuple[float, float], radius: float) -> Image.Image:
    for share, strength, soft in ((3.0, 0.34, 1.4), (1.0, 1.0, 0.2)):
        light = Image.new("RGB", image.size)
        _round(ImageDraw.Draw(light), *at, radius * share, _mix((0, 0, 0), colour, strength))
        image = ImageChops.screen(image, light.filter(ImageFilter.GaussianBlur(radius * soft)))
    return image


def _mountains(name: str) -> Callable[[Size, random.Random], Image.Image]:
    above, below, far, near, sun, sun_height = SKIES[name]

    def paint(size: Size, chance: random.Random) -> Image.Image:
        width, height = size
        image = _sky((width, height), above, below)
        if name == "night":
            pen = ImageDraw.Draw(image)
            for _ in range(160):
                x, y, r = chance.random() * width, chance.random() * height * 0.55, chance.random() * 1.8
                pen.ellipse((x - r, y - r, x + r, y + r), fill=(226, 230, 244))
        at = (width * chance.uniform(0.2, 0.8), height * sun_height)
        image = _glow(image, sun, at, min(size) * (0.05 if name == "night" else 0.07))
        _ridges(image, far, near, chance)
        return image.filter(ImageFilter.GaussianBlur(0.8))

    return paint


def _forest(size: Size, chance: random.Random) -> Image.Image:
    """A path between trunks, lighter where it goes."""
    width, height = size
    image = _sky(size, (214, 230, 196), (120, 148, 92))
    pen = ImageDraw.Draw(image)
    turn = width * chance.uniform(0.42, 0.58)
    pen.polygon(
        [(turn - width * 0.02, height * 0.5), (turn + width * 0.02, height * 0.5),
         (width * 0.78, height), (width * 0.2, height)],
        fill=(196, 172, 132),
    )  # fmt: skip
    for row in range(5):
        share = row / 4
        colour = _mix((150, 172, 128), (44, 48, 34), share)
        for _ in range(13 - row):
            x = chance.random() * width
            if abs(x - turn) < width * (0.05 + 0.22 * share):
                continue
            thick, foot = width * (0.006 + 0.016 * share), height * (0.54 + 0.4 * share)
            pen.polygon(
                [(x - thick, foot), (x - thick * 0.6, 0), (x + thick * 0.6, 0), (x + thick, foot)],
                fill=colour,
            )
        for _ in range(60):
            x, y = chance.random() * width, chance.random() * height * (0.34 - 0.04 * row)
            reach = width * chance.uniform(0.02, 0.05)
            leaf = _mix((186, 210, 130), (60, 104, 52), chance.random() * (0.4 + 0.6 * share))
            pen.ellipse((x - reach, y - reach * 0.6, x + reach, y + reach * 0.6), fill=leaf)
    return image.filter(ImageFilter.GaussianBlur(1.4))


def _round(pen: ImageDraw.ImageDraw, x: float, y: float, reach: float, colour: Colour) -> None:
    pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=colour)


def _table(size: Size, chance: random.Random) -> Image.Image:
    """Wood, seen from above."""
    width, height = size
    image = Image.new("RGB", size, (176, 128, 88))
    pen = ImageDraw.Draw(image)
    board = height / 5
    for number in range(6):
        shade = _mix((164, 116, 78), (192, 146, 104), chance.random())
        pen.rectangle((0, board * number, width, board * (number + 1) - 3), fill=shade)
        for _ in range(9):
            y = board * (number + chance.random())
            pen.line((0, y, width, y + chance.uniform(-6, 6)), fill=_mix(shade, (120, 80, 50), 0.25), width=2)
    return image


def _coffee(size: Size, chance: random.Random) -> Image.Image:
    """A cup from above with a leaf of milk."""
    width, height = size
    image = _table(size, chance).filter(ImageFilter.GaussianBlur(1))
    x, y, reach = width * 0.5, height * 0.5, min(size) * 0.3
    shade = Image.new("L", size)
    _round(ImageDraw.Draw(shade), x + reach * 0.12, y + reach * 0.16, reach * 1.32, 120)
    image.paste((60, 38, 24), mask=shade.filter(ImageFilter.GaussianBlur(reach * 0.1)))
    pen = ImageDraw.Draw(image)
    for share, colour in (
        (1.34, (236, 232, 224)), (1.26, (248, 246, 240)), (1.0, (226, 222, 214)),
        (0.94, (252, 250, 246)), (0.84, (132, 84, 48)), (0.8, (168, 112, 68)),
    ):  # fmt: skip
        _round(pen, x, y, reach * share, colour)
    cream = (246, 226, 196)
    for number in range(5):
        wide, low = reach * (0.5 - 0.08 * number), y + reach * (0.36 - 0.2 * number)
        pen.chord((x - wide, low - wide, x + wide, low + wide * 0.6), 0, 180, fill=cream)
        pen.chord(
            (x - wide * 0.8, low - wide, x + wide * 0.8, low + wide * 0.22), 0, 180, fill=(168, 112, 68)
        )
    pen.polygon([(x, y - reach * 0.66), (x - reach * 0.14, y - reach * 0.4), (x, y - reach * 0.26),
                 (x + reach * 0.14, y - reach * 0.4)], fill=cream)  # fmt: skip
    pen.line((x, y - reach * 0.5, x, y + reach * 0.62), fill=(168, 112, 68), width=max(2, int(reach * 0.03)))
    return image.filter(ImageFilter.GaussianBlur(1.2))


def _meal(size: Size, chance: random.Random) -> Image.Image:
    """Bowls on a table, seen from above."""
    width, height = size
    image = _table(size, chance)
    pen = ImageDraw.Draw(image)
    reach = min(size) * 0.19
    soups = [(186, 70, 38), (238, 222, 186), (92, 122, 58), (226, 178, 72), (150, 42, 34), (244, 240, 230)]
    chance.shuffle(soups)
    places = [(0.28, 0.34), (0.7, 0.3), (0.3, 0.74), (0.72, 0.72), (0.5, 0.52)]
    for (across, down), soup in zip(places, soups, strict=False):
        x, y, r = width * across, height * down, reach * chance.uniform(0.8, 1.1)
        _round(pen, x + r * 0.07, y + r * 0.1, r * 1.02, (112, 78, 52))
        _round(pen, x, y, r, (240, 238, 232))
        _round(pen, x, y, r * 0.84, soup)
        for _ in range(26):
            turn, far = chance.random() * 6.3, chance.random() * r * 0.68
            bit = _mix(soup, chance.choice([(70, 120, 50), (250, 240, 210), (200, 60, 40)]), 0.6)
            _round(
                pen, x + math.cos(turn) * far, y + math.sin(turn) * far, r * chance.uniform(0.04, 0.1), bit
            )
    return image.filter(ImageFilter.GaussianBlur(1.2))


def _bill(size: Size, chance: random.Random) -> Image.Image:
    """A paper receipt on a table; grey lines stand for what is printed."""
    width, height = size
    image = _table(size, chance).filter(ImageFilter.GaussianBlur(2))
    left, right, top = width * 0.24, width * 0.76, height * 0.07
    paper = Image.new("RGB", size, (250, 249, 245))
    pen = ImageDraw.Draw(paper)
    line = height * 0.035
    pen.rectangle((width * 0.4, top + line, width * 0.6, top + line * 1.9), fill=(70, 70, 72))
    for number in range(15):
        y, grey = top + line * (3.4 + 1.35 * number), (128, 128, 130)
        if number in (3, 11):
            pen.line((left + 24, y + 6, right - 24, y + 6), fill=(190, 190, 190), width=2)
            continue
        high = line * (0.75 if number == 12 else 0.42)
        pen.rectangle((left + 28, y, left + 28 + width * chance.uniform(0.1, 0.22), y + high), fill=grey)
        pen.rectangle((right - 28 - width * chance.uniform(0.06, 0.1), y, right - 28, y + high), fill=grey)
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).rectangle((left, top, right, height * 0.93), fill=255)
    turned = chance.uniform(-4, 4)
    shade = mask.rotate(turned).filter(ImageFilter.GaussianBlur(12)).point(lambda value: value // 2)
    image.paste((50, 34, 22), (8, 10), shade)
    image.paste(paper.rotate(turned), mask=mask.rotate(turned))
    return image


def _map(size: Size, chance: random.Random) -> Image.Image:
    """Contour lines round some tops, and the way over them."""
    width, height = size
    image = Image.new("RGB", size, (244, 246, 238))
    pen = ImageDraw.Draw(image)
    tops = [(width * a, height * b) for a, b in ((0.34, 0.3), (0.66, 0.42), (0.44, 0.68))]
    for ring in range(13, 0, -1):
        shade = _mix((206, 222, 186), (238, 242, 226), ring / 13)
        for x, y in tops:
            wobble = [chance.uniform(0.92, 1.08) for _ in range(12)]
            outline = []
            for step in range(72):
                turn, at = step / 72 * math.tau, step / 6
                low, high = wobble[int(at) % 12], wobble[(int(at) + 1) % 12]
                reach = ring * width * 0.027 * (low + (high - low) * (1 - math.cos((at % 1) * math.pi)) / 2)
                outline.append((x + math.cos(turn) * reach, y + math.sin(turn) * reach * 1.1))
            pen.polygon(outline, fill=shade, outline=(160, 176, 140))
    across = (0.1, 0.24, 0.4, 0.44, 0.58, 0.66, 0.52, 0.34, 0.2, 0.12)
    down = (0.9, 0.8, 0.7, 0.56, 0.46, 0.42, 0.34, 0.3, 0.18, 0.08)
    route = [(width * a, height * b) for a, b in zip(across, down, strict=True)]
    pen.line(route, fill=(176, 68, 9), width=max(4, width // 160), joint="curve")
    for x, y in (route[0], *tops, route[-1]):
        _round(pen, x, y, width * 0.017, (255, 255, 255))
        _round(pen, x, y, width * 0.012, (23, 102, 76))
    return image


PICTURES: dict[str, Callable[[Size, random.Random], Image.Image]] = {
    **{name: _mountains(name) for name in SKIES},
    "forest": _forest,
    "coffee": _coffee,
    "meal": _meal,
    "bill": _bill,
    "map": _map,
}
