"""Lets threads act at the same moment, each with a database connection of its own."""

import threading
from collections.abc import Callable

from django.db import connection


def at_once(*actions: Callable[[], object], seconds: float = 60) -> list[object]:
    """What each action returned or raised, in their order; all begin together and have so many seconds."""
    outcomes: list[object] = [None] * len(actions)
    start = threading.Barrier(len(actions))

    def act(number: int, action: Callable[[], object]) -> None:
        try:
            start.wait(timeout=10)
            outcomes[number] = action()
        except Exception as error:  # whatever it is, the test judges it
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=each) for each in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=seconds)
    assert not any(thread.is_alive() for thread in threads), f"still running after {seconds} s"
    return outcomes
