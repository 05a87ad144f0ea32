"""What becomes of photos: upright, small, and silent about where they were taken."""

import io

import pytest
from django.core.files.storage import default_storage
from PIL import Image
from pillow_heif import register_heif_opener

from chat.models import Attachment
from tests.attachments.files import encoded, moving_gif, photo_of_a_phone, picture, polyglot

register_heif_opener()
GREEN, WHITE = (23, 102, 76), (255, 255, 255)


@pytest.fixture
def kept(as_bob, upload):
    """`kept(bytes)`: the answer, the stored bytes and those of the thumbnail."""

    def keep(content: bytes, name: str = "사진.jpg") -> tuple[dict, bytes, bytes]:
        answer = upload(as_bob, content, name=name)
        assert answer.status_code == 201, answer.content
        row = Attachment.objects.get(pk=answer.json()["id"])
        return (
            answer.json(),
            *(default_storage.open(one.name).read() for one in (row.content, row.thumbnail)),
        )

    return keep


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def is_near(pixel: tuple, colour: tuple) -> bool:
    return all(abs(one - other) < 12 for one, other in zip(pixel, colour, strict=False))


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG", "AVIF"])
def test_a_phones_photo_is_turned_upright_and_tells_nothing(kept, kind):
    content = photo_of_a_phone(kind)
    assert b"Maker of phones" in content
    made, photo, thumbnail = kept(content)
    for stored in (photo, thumbnail):
        assert b"Maker of phones" not in stored
        image = opened(stored)
        assert not image.getexif()
        assert image.size == (300, 400)
        assert is_near(image.convert("RGB").getpixel((150, 50)), GREEN)
        assert is_near(image.convert("RGB").getpixel((150, 350)), WHITE)
    assert (made["width"], made["height"]) == (300, 400)


def test_heic_becomes_a_jpeg_that_everybody_can_see(kept):
    made, photo, _thumbnail = kept(encoded(picture(), "HEIF"), name="IMG_0001.HEIC")
    assert (made["name"], made["content_type"]) == ("IMG_0001.jpg", "image/jpeg")
    assert opened(photo).format == "JPEG"


@pytest.mark.parametrize(
    ("image", "kind", "mode"),
    [
        (picture(mode="RGBA"), "PNG", "RGBA"),
        (picture().convert("P"), "PNG", "RGB"),
        (picture().convert("P"), "GIF", "RGB"),
        (Image.new("I;16", (30, 30), 40_000), "PNG", "L"),
        (picture().convert("L"), "PNG", "L"),
    ],
    ids=["see-through", "palette", "gif", "16-bit", "grey"],
)
def test_what_was_kept_whole_stays_whole(kept, image, kind, mode):
    made, photo, _thumbnail = kept(encoded(image, kind), name="a.png")
    assert made["content_type"] == "image/png"
    drawn = opened(photo)
    assert drawn.mode == mode
    expected = (156,) if kind == "PNG" and image.mode == "I;16" else image.convert(mode).getpixel((5, 5))
    assert drawn.getpixel((5, 5)) == (
        expected[0] if mode == "L" and isinstance(expected, tuple) else expected
    )


def test_a_print_photo_gets_the_colours_of_a_screen(kept):
    made, photo, _thumbnail = kept(encoded(picture().convert("CMYK"), "JPEG"))
    assert opened(photo).mode == "RGB"
    assert is_near(opened(photo).getpixel((20, 20)), GREEN)


def test_the_colour_profile_of_a_phone_stays(kept):
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    _made, photo, thumbnail = kept(encoded(picture(), "JPEG", icc_profile=profile))
    assert opened(photo).info["icc_profile"] == opened(thumbnail).info["icc_profile"] == profile


def test_a_moving_picture_keeps_moving_and_its_thumbnail_stands_still(kept):
    made, photo, thumbnail = kept(moving_gif(3), name="웃음.gif")
    assert (made["name"], made["content_type"]) == ("웃음.webp", "image/webp")
    moving = opened(photo)
    assert moving.n_frames == 3
    assert moving.info["loop"] == 0
    moving.seek(1)
    moving.load()
    assert moving.info["duration"] == 40
    assert b"taken at home" not in photo
    assert getattr(opened(thumbnail), "n_frames", 1) == 1


def test_nothing_but_the_picture_is_left_of_a_file_that_is_two_things(kept):
    content = polyglot()
    assert b"<script>" in content
    _made, photo, thumbnail = kept(content, name="x.html")
    assert b"<script>" not in photo + thumbnail
    assert b"PK\x03\x04" not in photo + thumbnail


def test_thumbnails_are_small_and_never_larger_than_the_photo(kept):
    _made, _photo, thumbnail = kept(encoded(picture(2000, 1000)))
    assert opened(thumbnail).size == (640, 320)
    assert opened(thumbnail).format == "WEBP"
    _made, _photo, thumbnail = kept(encoded(picture(64, 48)))
    assert opened(thumbnail).size == (64, 48)
