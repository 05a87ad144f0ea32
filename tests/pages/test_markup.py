"""What every page and static file keeps to: no inline code, no foreign host, two tiers of colour."""

import re
from html.parser import HTMLParser

import pytest

from tests.site import ROOT

VOID_OF_CODE = ("/accounts/login/", "/accounts/signup/", "/", "/channels/new/", "/channels/search/?q=x")
VISITED = (
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/forgotten/",
    "/accounts/forgotten/sent/",
    "/accounts/reset/x/x/",
    "/accounts/confirm/x/",
    "/nowhere/",
)
MOST_LINES = 300
MOST_IMPORT_DEPTH = 5
STYLES = sorted((ROOT / "static/css").glob("*.css"))
SCRIPTS = sorted((ROOT / "static/js").rglob("*.js"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


class Page(HTMLParser):
    """Notes what a strict content policy would refuse, and what a reader needs."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.foreign: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list) -> None:
        given = dict(attributes)
        self.tags.append(tag)
        if given.get("id"):
            self.ids.append(given["id"])
        is_code = tag == "script" and given.get("type") != "application/json" and "src" not in given
        if tag == "style" or is_code or any(name == "style" or name.startswith("on") for name in given):
            self.inline.append(self.get_starttag_text())
        for name in ("src", "href", "action"):
            if re.match(r"(https?:)?//|javascript:", given.get(name) or "") and tag != "a":
                self.foreign.append(given[name])


def paths_of_alice(channel, bob) -> list[str]:
    """Every kind of page that an admin of a channel can open."""
    inner = ["", "about/", "change/", "leave/", "close/", "export/", "webhooks/", f"members/{bob.pk}/"]
    own = [f"/channels/{channel.pk}/{page}" for page in inner]
    return [
        "/",
        "/channels/new/",
        "/channels/search/",
        "/accounts/me/",
        "/accounts/me/data/",
        "/accounts/me/delete/",
        *own,
    ]


def check(text: str) -> None:
    """One page."""
    page = Page(text)
    assert page.inline == []
    assert page.foreign == []
    assert len(page.ids) == len(set(page.ids)), "an id stands on the page twice"
    assert page.tags.count("main") == 1
    assert page.tags.count("h1") == 1
    assert re.search(r'<html lang="(ko|en)"', text)


def test_every_page_has_no_inline_code_no_foreign_host_and_one_heading(alice_browser, channel, bob):
    for path in paths_of_alice(channel, bob):
        answer = alice_browser.get(path)
        assert answer.status_code == 200, path
        check(answer.content.decode())


@pytest.mark.parametrize("path", VISITED)
def test_pages_for_visitors_keep_to_the_same(visitor, path):
    check(visitor.get(path).content.decode())


def test_the_page_for_our_own_faults_needs_nothing_but_itself(db):
    from django.template.loader import render_to_string

    page = render_to_string("500.html")
    check(page)
    assert "저희 쪽에 문제가 생겼어요" in page


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_components_name_only_meanings(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    assert "!important" not in text
    assert not re.search(r"^\s*#[\w-]+[^;{}]*\{", text, re.MULTILINE), "an id in a selector"
    assert not re.search(r"https?://|@import", text)
    physical = (
        r"(?<![\w-])(margin|padding|border)-(left|right|top|bottom)|^\s*(left|right|top|bottom|width|height):"
    )
    assert not re.search(physical, text, re.MULTILINE)
    if path.name != "tokens.css":
        assert not re.search(r"#[0-9a-f]{3,8}\b|rgb|hsl", text)
        raw = r"var\(--(paper|rule|ink|pine|gam|jjok|hong|chija|stone|shade)-"
        assert not re.search(raw, text), "a raw token in a component"


def test_every_style_sheet_is_joined_and_every_token_that_is_used_exists():
    joined = set(re.findall(r"css/([\w-]+\.css)", (ROOT / "static/style.css").read_text()))
    assert joined == {path.name for path in STYLES}
    text = "\n".join(path.read_text() for path in STYLES)
    defined = set(re.findall(r"(--[\w-]+):", text))
    used = set(re.findall(r"var\((--[\w-]+)", text))
    assert used - defined == set()


def test_no_style_is_left_that_nothing_wears():
    worn = "\n".join(
        path.read_text()
        for path in [*TEMPLATES, *SCRIPTS, ROOT / "accounts/forms.py", ROOT / "accounts/templatetags/page.py"]
    )
    for path in STYLES:
        text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
        for name in set(re.findall(r"\.([a-z][\w-]*)", re.sub(r"\{[^{}]*\}", "{}", text))):
            assert re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", worn), f".{name} in {path.name}"


def test_every_icon_that_is_named_is_drawn():
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static/icons.svg").read_text()))
    named = {name for path in TEMPLATES for name in re.findall(r'{% icon "([\w-]+)"', path.read_text())}
    assert named - drawn == set()


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_write_text_and_import_relatively(path):
    text = path.read_text()
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", text
    )
    for target in re.findall(r'from "([^"]+)"', text):
        assert re.match(r"\.\.?/", target)
        assert (path.parent / target).is_file()


def test_scripts_and_styles_are_small_and_imports_shallow():
    imports = {
        path: [path.parent / one for one in re.findall(r'from "([^"]+)"', path.read_text())]
        for path in SCRIPTS
    }

    def depth(path) -> int:
        return max((1 + depth(one.resolve()) for one in imports[path]), default=0)

    assert all(len(path.read_text().splitlines()) <= MOST_LINES for path in (*SCRIPTS, *STYLES))
    assert depth(ROOT / "static/js/main.js") <= MOST_IMPORT_DEPTH
