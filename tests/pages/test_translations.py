"""Korean is complete: no sentence of the code is missing, and what runs is what was written."""

import ast
import io
import re
from gettext import GNUTranslations

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.template import engines
from django.template.loader_tags import IncludeNode
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils.functional import Promise
from django.utils.translation import override

from tests.site import ROOT

FOLDER = ROOT / "locale/ko/LC_MESSAGES"
CALLS = {
    "_",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
}
APPS = ("accounts", "chat", "console", "messenger", "operations", "wallets")
SOURCES = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.fixture(scope="module")
def catalog():
    """The Korean sentences."""
    with (FOLDER / "django.po").open("rb") as file:
        return read_po(file, locale="ko")


Sentence = tuple[str | None, str]  # its context, itself


def sentences_of_python() -> set[Sentence]:
    """Every literal that is given to gettext."""
    found = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            name = getattr(getattr(node, "func", None), "id", None)
            if isinstance(node, ast.Call) and name in CALLS and node.args:
                *context, literal = node.args[: 2 if name.startswith("pgettext") else 1]
                if isinstance(literal, ast.Constant) and isinstance(literal.value, str):
                    found.add((context[0].value if context else None, literal.value))
    return found


def sentences_of_templates() -> set[Sentence]:
    """Every translate and blocktranslate, and what an include is given as _("…")."""
    found = set()
    for path in TEMPLATES:
        template = engines["django"].get_template(str(path.relative_to(ROOT / "templates"))).template
        for node in template.nodelist.get_nodes_by_type(TranslateNode):
            found.add((_context(node), str(node.filter_expression.var.literal)))
        for node in template.nodelist.get_nodes_by_type(BlockTranslateNode):
            found.add((_context(node), node.render_token_list(node.singular)[0]))
        for node in template.nodelist.get_nodes_by_type(IncludeNode):
            given = [expression.var for expression in node.extra_context.values()]
            with override("en"):  # whose sentences are the code's
                found.update((None, str(one)) for one in given if isinstance(one, Promise))
    return found


def _context(node) -> str | None:
    return node.message_context and node.message_context.resolve({})


def identity(message) -> Sentence:
    """Of a sentence of the catalog; of one with a plural, its singular."""
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def sentences_by_id(translations: GNUTranslations) -> dict:
    """What a compiled catalog says; its head, which holds the time of compiling, is left out."""
    return {key: sentence for key, sentence in translations._catalog.items() if key}


def test_every_sentence_of_the_code_has_its_korean(catalog):
    needed = sentences_of_python() | sentences_of_templates()
    assert len(needed) > 150
    known = {
        identity(message)
        for message in catalog
        if message.id and all([message.string] if isinstance(message.string, str) else message.string)
    }
    assert needed - known == set()


def test_no_sentence_is_fuzzy_or_left_over(catalog):
    needed = sentences_of_python() | sentences_of_templates()
    assert [message.id for message in catalog if message.id and message.fuzzy] == []
    assert catalog.obsolete == {}
    known = {identity(message) for message in catalog if message.id}
    assert known - needed == set()


def test_what_runs_is_what_was_written(catalog):
    fresh = io.BytesIO()
    write_mo(fresh, catalog)
    fresh.seek(0)
    written = sentences_by_id(GNUTranslations(fresh))
    with (FOLDER / "django.mo").open("rb") as file:
        assert sentences_by_id(GNUTranslations(file)) == written, "run: make translations"


def test_korean_pages_speak_politely_and_calmly(catalog):
    for message in catalog:
        for sentence in [message.string] if isinstance(message.string, str) else message.string:
            if message.id:
                assert not re.search(r"니다[.!]|십시오|하시겠습니까|실패|!", sentence), sentence
