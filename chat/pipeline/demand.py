"""Which partitions of the log this process follows. Lives on the loop."""

import asyncio
from collections.abc import Callable, Iterable

from chat.pipeline.events import CONTROL_CHANNEL
from chat.pipeline.tail import Tail

LONGEST_WAIT_SECONDS = 5.0
# A partition that nobody needs any more is followed for so long: people come back, and a beginning costs the
# reading of its last records.
KEPT_SECONDS = 600.0


class Demand:
    """Everything, where the tail follows everything. Else the partition of the control channel, and those of
    channels for which `follow` was asked: what this process knows of a channel (subscriptions, rights, ids
    that were seen) is right only while it follows the channel's partition.
    """

    def __init__(self, tail: Tail, forget: Callable[[Callable[[int], bool]], None]) -> None:
        """`forget` is told which channels are not followed any more, as a question about one."""
        self._tail = tail
        self._forget = forget
        self._known: dict[int, asyncio.Event] = {}
        self._asked_at: dict[int, float] = {}

    def is_followed(self, channel_id: int) -> bool:
        """Whether everything that the log has of this channel reaches this process."""
        if self._tail.everything:
            return True
        known = self._known.get(self._tail.partition_of(channel_id))
        return known is not None and known.is_set()

    async def follow(self, channel_id: int) -> bool:
        """Follow this channel's partition from now on; False when the log is away for too long."""
        if self._tail.everything:
            return True
        try:
            async with asyncio.timeout(LONGEST_WAIT_SECONDS):
                await self._tail.ready.wait()  # before, nobody knows how many partitions there are
                await self._begin(self._tail.partition_of(channel_id)).wait()
        except TimeoutError:
            return False
        return True

    def _begin(self, partition: int) -> asyncio.Event:
        self._asked_at[partition] = asyncio.get_running_loop().time()
        known = self._known.get(partition)
        if known is None and partition == self._tail.partition_of(CONTROL_CHANNEL):
            known = self._known[partition] = self._tail.ready
        elif known is None:
            known = self._known[partition] = self._tail.begin(partition)
        return known

    def leave_unneeded(self, channel_ids: Iterable[int]) -> None:
        """Let go of partitions that none of these channels is in and nobody asked for lately."""
        if self._tail.everything:
            return
        long_ago = asyncio.get_running_loop().time() - KEPT_SECONDS
        needed = {self._tail.partition_of(channel_id) for channel_id in channel_ids}
        needed.add(self._tail.partition_of(CONTROL_CHANNEL))
        left = {
            number
            for number, known in self._known.items()
            if number not in needed and known.is_set() and self._asked_at[number] < long_ago
        }
        for number in left:
            del self._known[number]
            self._tail.leave(number)
        if left:
            self._forget(lambda channel_id: self._tail.partition_of(channel_id) in left)

    def count(self) -> int:
        """How many partitions are followed; 0 means all."""
        return 0 if self._tail.everything else len(self._known)
