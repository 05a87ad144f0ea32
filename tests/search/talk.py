"""Messages of tests in log, store and index, without a worker process."""

from chat.pipeline.archive import Archive
from chat.pipeline.events import ORIGIN, Position
from chat.pipeline.parts import event_log, message_store, search_index
from chat.search.indexing import Indexing


class Talk:
    """Says things in a channel over the API and lets archive and index take them in."""

    def __init__(self) -> None:
        self._archive = Archive(event_log(), message_store())
        self._indexing = Indexing(event_log(), message_store(), search_index())
        self._number = 0

    def say(self, api, channel, text: str, **more) -> dict:
        """A message that can be found; the answer of the API."""
        self._number += 1
        url = f"/api/v1/channels/{channel.pk}/messages/"
        answer = api.post(url, {"client_id": f"c{self._number}", "text": text, **more})
        assert answer.status_code == 201, answer.content
        position = Position.parse(answer.json()["position"])
        while (message_store().reached(position.partition) or ORIGIN) < position:
            self._archive.step(0.2)
        while search_index().reached().get(position.partition, ORIGIN) < position:
            self._indexing.step(0.2)
        return answer.json()

    def settle(self, *, index: bool = True) -> None:
        """Until both have read everything, changes too."""
        for follower in (self._archive, self._indexing) if index else (self._archive,):
            while follower.step(0.3):
                pass

    def close(self) -> None:
        """Give the cursors back."""
        for follower in (self._archive, self._indexing):
            follower.stop()
            follower.run()
