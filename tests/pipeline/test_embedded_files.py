"""The embedded files are opened by several processes at once, also the first time."""

import sqlite3
import threading

from chat.pipeline.embedded import SCHEMA, connect

FILES, THREADS = 40, 4


def test_first_opening_by_several_at_once_succeeds_for_all(tmp_path):
    failures = []

    def open_it(path, together) -> None:
        together.wait()
        try:
            connect(path, SCHEMA).close()
        except sqlite3.Error as error:
            failures.append(error)

    for number in range(FILES):
        together = threading.Barrier(THREADS)
        path = tmp_path / f"{number}.sqlite3"
        threads = [threading.Thread(target=open_it, args=(path, together)) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failures == []
