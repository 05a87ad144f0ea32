"""What a person attaches to a message, and how."""

import pytest

from tests.attachments.files import encoded, landscape
from tests.browser.conftest import Window
from tests.browser.deeds import FINGER, MOUSE

WAYS = [FINGER, MOUSE]
IDS = ["phone", "desktop"]


def photo(number: int = 0, width: int = 1600, height: int = 1200) -> dict:
    """What a person chooses."""
    content = encoded(landscape(width, height, number), quality=80)
    return {"name": f"산행 {number + 1}.jpg", "mimeType": "image/jpeg", "buffer": content}


def text_file(name: str = "11월 회비 정산.csv", size: int = 1800) -> dict:
    return {"name": name, "mimeType": "text/csv", "buffer": "이름,금액\n".encode() * (size // 14)}


def choose_files(window: Window, *files: dict) -> None:
    """By the menu of the box, as people do."""
    page = window.page
    page.locator("[data-compose-open]").click()
    with page.expect_file_chooser() as chooser:
        page.locator("[data-action=attach]").click()
    chooser.value.set_files(list(files))


def wait_until_uploaded(window: Window, count: int) -> None:
    page = window.page
    page.wait_for_function(
        """(count) => document.querySelectorAll(".tray__item").length === count
           && [...document.querySelectorAll(".tray__progress")].every((one) => one.hidden)""",
        arg=count,
    )


@pytest.fixture
def room(cast) -> int:
    return cast.channel("minjun", "eunho", name="토요 등산 모임")
