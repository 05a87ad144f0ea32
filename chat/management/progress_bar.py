"""How far a long command is, on one line of the terminal."""

_WIDTH = 24


def bar(done: float, what: str) -> str:
    """The line that replaces the one before; `done` is from 0 to 1."""
    return f"\r{'█' * int(done * _WIDTH):░<{_WIDTH}} {done:4.0%}  {what}"
