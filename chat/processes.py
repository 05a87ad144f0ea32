"""What begins with a process of the site. Apps register at start: so web and worker begin what those above
them need without knowing them."""

from collections.abc import Callable

WEB, WORKER = "web", "worker"

# Each is called once in a process that serves or works, never in a management command that only looks, with
# the kind of process and its number: 0 where there is one of its kind, else from 1.
when_begun: list[Callable[[str, int], None]] = []


def begin(kind: str, number: int = 0) -> None:
    """This process serves (WEB) or works (WORKER) from now on. What is called returns soon."""
    for action in when_begun:
        action(kind, number)
