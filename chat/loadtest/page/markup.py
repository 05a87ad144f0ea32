"""Elements of HTML and SVG as text. What is not `Markup` already is escaped; only here `Markup` is made."""

from html import escape

_VOID = ("meta",)


class Markup(str):
    """Text that is markup and stands on the page as it is."""


def element(name: str, /, *children: object, **attributes: object) -> Markup:
    """`<name attributes>children</name>`, well-formed as XML too.

    Children are Markup or are escaped; None and False are left out. An attribute's underscores become
    hyphens and a last one is dropped (`class_`); None leaves the attribute out.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Markup(f"<{name}{given}/>")
    return Markup(f"<{name}{given}>{join(*children)}</{name}>")


def join(*children: object) -> Markup:
    """One after the other; what is not Markup is escaped."""
    shown = (child for child in children if child is not None and child is not False)
    return Markup("".join(map(_as_markup, shown)))


def _as_markup(child: object) -> str:
    return child if isinstance(child, Markup) else escape(str(child))
