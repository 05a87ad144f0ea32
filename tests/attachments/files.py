"""Files as people and attackers make them."""

import io
import math
import struct
import zipfile
import zlib

from PIL import Image, ImageDraw

SEOUL = {1: "N", 2: (37.0, 33.0, 58.0), 3: "E", 4: (126.0, 58.0, 41.0)}
ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825
TURNED_RIGHT = 6


def picture(width: int = 400, height: int = 300, mode: str = "RGB") -> Image.Image:
    """The left half pine green, the right half paper white: so that turning shows."""
    image = Image.new(mode, (width, height), "white")
    image.paste(Image.new(mode, (width // 2, height), "#17664c"), (0, 0))
    return image


def encoded(image: Image.Image, kind: str = "JPEG", **options) -> bytes:
    """The bytes of an image file."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def photo_of_a_phone(kind: str = "JPEG") -> bytes:
    """Lying on its side, with the place where it was taken and the phone's maker."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = TURNED_RIGHT, "Maker of phones"
    exif.get_ifd(GPS).update(SEOUL)
    return encoded(picture(), kind, exif=exif)


def moving_gif(frames: int = 3, size: tuple[int, int] = (200, 100)) -> bytes:
    """Frames of different colours, 40 ms each, with a comment."""
    pictures = [Image.new("RGB", size, (40 * number % 256, 90, 60)) for number in range(frames)]
    more = {"save_all": True, "append_images": pictures[1:], "duration": 40, "loop": 0}
    return encoded(pictures[0], "GIF", comment=b"taken at home", **more)


def bomb(side: int = 30_000) -> bytes:
    """A PNG of a few kilobytes that says it has side × side pixels, and has them."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compressobj(9)
    line = b"\0" * (1 + side // 8 + 1)
    body = b"".join(rows.compress(line) for _ in range(side)) + rows.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def zipped(*names: str, content: bytes = b"x") -> bytes:
    """A ZIP of these names."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, content)
    return file.getvalue()


def polyglot() -> bytes:
    """A JPEG with a script in its comment and a whole ZIP behind it."""
    script = b"<script>alert(document.cookie)</script>"
    return encoded(picture(), comment=script) + script + zipped("evil.html", content=script)


def landscape(width: int = 1600, height: int = 1200, number: int = 0) -> Image.Image:
    """A mountain under a sky, each number another one: for pictures that people look at."""
    skies = [
        ((157, 196, 226), (250, 226, 196)),
        ((70, 88, 130), (236, 158, 110)),
        ((196, 214, 224), (240, 242, 238)),
    ]
    top, bottom = skies[number % len(skies)]
    image = Image.composite(
        Image.new("RGB", (width, height), bottom),
        Image.new("RGB", (width, height), top),
        Image.linear_gradient("L").resize((width, height)),
    )
    draw = ImageDraw.Draw(image)
    for ridge in range(4):
        base = height * (0.45 + 0.14 * ridge)
        points = [
            (x, base + height * 0.08 * math.sin(x / width * (5 + ridge * 3) + number + ridge * 2))
            for x in range(0, width + 20, 20)
        ]
        shade = (90 - 20 * ridge, 124 - 22 * ridge, 112 - 22 * ridge)
        draw.polygon([*points, (width, height), (0, height)], fill=shade)
    return image
