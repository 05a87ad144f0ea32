"""Small notices between the web processes of a site, over the channel layer that the settings name.

Lossy by design: what was read, who writes, who looks. No message travels here, so talking goes on while Redis
is away; what was whispered meanwhile is lost, and those who use it ask the rows again (watching.py).
"""

import asyncio
import logging
import uuid
from collections.abc import Callable

from channels.layers import get_channel_layer

from chat.meters import Counter

logger = logging.getLogger(__name__)
GROUP = "whispers"
# What is said within this time travels as one message: thousands of moved marks cost the layer five a second.
GATHER_SECONDS = 0.2
MOST_GATHERED = 20_000
SEND_SECONDS = 2
REJOIN_SECONDS = 60  # the layer forgets who does not come back (CHANNEL_LAYERS, group_expiry)
PAUSE_SECONDS = 1

# [kind, …]; what follows the kind is the business of who says and hears it.
Whisper = list

sent = Counter("messenger_whispers_sent_total", "Notices told to the other web processes.")
lost = Counter("messenger_whispers_lost_total", "Notices that could not be told to them.")


class Whispers:
    """One channel of one group for each process, one task that listens, one that speaks. Lives on the loop.

    `hear(process, whisper)` gets what the other processes said; own whispers do not come back.
    """

    def __init__(self, hear: Callable[[str, Whisper], None]) -> None:
        self.process = uuid.uuid4().hex[:12]
        self._hear = hear
        self._gathered: list[Whisper] = []
        self._spoken = asyncio.Event()
        self._is_away = False

    def say(self, whisper: Whisper) -> None:
        """Tell the other processes, within a moment or never."""
        if len(self._gathered) < MOST_GATHERED:
            self._gathered.append(whisper)
            self._spoken.set()
        else:
            lost.add()

    async def speak(self) -> None:
        """Send what is said, until cancelled."""
        while True:
            await self._spoken.wait()
            await asyncio.sleep(GATHER_SECONDS)
            await self.send()

    async def send(self) -> None:
        """Send what was said so far."""
        said, self._gathered = self._gathered, []
        self._spoken.clear()
        if not said:
            return
        notice = {"type": "whispers", "process": self.process, "said": said}
        try:
            # Not `wait_for`: before Python 3.12 it swallows a cancellation that comes as the sending ends.
            async with asyncio.timeout(SEND_SECONDS):
                await get_channel_layer().group_send(GROUP, notice)
        except Exception as error:  # each layer has its own; whatever it is, these are lost
            lost.add(len(said))
            self._tell_away(error)
        else:
            sent.add(len(said))
            self._is_away = False

    async def listen(self) -> None:
        """Hear what others say, until cancelled."""
        layer = get_channel_layer()
        channel = await layer.new_channel(GROUP)
        while True:
            try:
                await layer.group_add(GROUP, channel)
                async with asyncio.timeout(REJOIN_SECONDS):
                    while True:
                        self._take(await layer.receive(channel))
            except TimeoutError:
                continue
            except Exception as error:
                self._tell_away(error)
                await asyncio.sleep(PAUSE_SECONDS)

    def _take(self, notice: dict) -> None:
        if notice.get("process") == self.process:
            return
        for whisper in notice.get("said", ()):
            try:
                self._hear(notice["process"], whisper)
            except Exception:  # another release may say what this one does not know
                logger.exception("whispers: one was not understood")

    def _tell_away(self, error: Exception) -> None:
        if not self._is_away:
            self._is_away = True
            logger.warning("whispers: the channel layer is away (%s); talking goes on", type(error).__name__)
