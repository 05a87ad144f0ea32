"""The foot of the page: machine, configuration, where the numbers lie, and how to read them."""

from chat.loadtest.page.markup import Markup, element, join
from chat.loadtest.page.words import NOT_MEASURED

_HOW_TO_READ = (
    ("지금", "이번에 잰 값이에요.", "Measured in this run."),
    (
        "0.1 · 0.2 · 0.3",
        "이전 제품이 판마다 발표한 값이에요. 다른 기계에서, 받는 사람 없이, HTTP 응답까지만 쟀어요.",
        "As the predecessor published: another machine, no receivers, HTTP responses only.",
    ),
    (
        "평균 · p50 · p99",
        "보내려던 때부터 재요. 늦게 보낸 만큼도 기다린 시간이에요.",
        "From the intended time of sending.",
    ),
    (
        "저장됨",
        "공개된 대화 기록에서 다시 읽은 메시지예요. 받아들인 수와 같아야 해요.",
        "Read back from the public history; must equal what was accepted.",
    ),
    (
        "거절 · 미룸",
        "서버가 나중에 보내라고 답한 것과, 그 말에 따라 보내지 않은 것이에요.",
        "Refused with a time to retry, and not sent in obedience to that.",
    ),
    (NOT_MEASURED, "재지 않았거나 발표하지 않았어요.", "Not measured, or not published."),
)
_BESIDE = (("report.json", "모두"), ("rows.csv", "시험마다 한 줄"), ("timeline.csv", "초마다 한 줄"))


def circumstances(data: dict) -> Markup:
    """Sections about the machine and the configuration, whatever they are made of."""
    return join(
        section("기계", "Machine", _facts(data.get("machine"))),
        section("설정", "Configuration", _facts(data.get("configuration"))),
        section("읽는 법", "How to read", join(_glossary(), _beside())),
    )


def section(title: str, english: str, content: Markup) -> Markup:
    """A part of the page with its heading."""
    heading = element("h2", title, " ", element("span", english, lang="en"))
    return element("section", heading, content)


def _facts(value: object) -> Markup:
    """A mapping as names and values, joined by dots where one lies in another; anything else as it is."""
    if not isinstance(value, dict):
        return element("p", _spelled(value), class_="panel")
    facts = [_fact(name, _spelled(said)) for name, said in _flattened(value)]
    return element("dl", *facts, class_="panel facts")


def _flattened(value: dict, prefix: str = "") -> list[tuple[str, object]]:
    found = []
    for name, inner in value.items():
        is_nested = isinstance(inner, dict) and inner
        found += _flattened(inner, f"{prefix}{name}.") if is_nested else [(f"{prefix}{name}", inner)]
    return found


def _spelled(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or NOT_MEASURED
    return NOT_MEASURED if value in (None, "", {}) else str(value)


def _glossary() -> Markup:
    facts = [
        _fact(name, join(korean, " ", element("span", english, lang="en")))
        for name, korean, english in _HOW_TO_READ
    ]
    return element("dl", *facts, class_="panel facts")


def _beside() -> Markup:
    files = [element("li", element("code", name), f" {what}") for name, what in _BESIDE]
    said = element("p", "이 파일 옆에 같은 값이 있어요.")
    return element("div", said, element("ul", *files), class_="soft beside")


def _fact(name: str, said: str) -> Markup:
    return element("div", element("dt", name), element("dd", said))
