"""Small notices between processes, over whichever channel layer the settings name."""

import asyncio

import pytest
from channels.layers import channel_layers

from chat.reading import whispers
from chat.reading.whispers import GATHER_SECONDS, Whispers
from chat.sockets.node import end_all

PATIENCE_SECONDS = 5


async def listening(hear) -> tuple[Whispers, list[asyncio.Task]]:
    one = Whispers(hear)
    return one, [asyncio.create_task(one.listen()), asyncio.create_task(one.speak())]


def whispering(scene) -> None:
    """Two processes, as far as the layer can tell: `scene(first, second, …)` gets what each heard."""

    async def play() -> None:
        heard: list[list] = [[], []]
        first, tasks = await listening(lambda process, whisper: heard[0].append((process, whisper)))
        second, more = await listening(lambda process, whisper: heard[1].append((process, whisper)))
        await asyncio.sleep(0.3)
        try:
            await scene(first, second, *heard)
        finally:
            for task in (*tasks, *more):
                task.cancel()
            await asyncio.gather(*tasks, *more, return_exceptions=True)
            channel_layers.backends.clear()  # the next test has another loop

    asyncio.run(play())


async def until(condition) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(0.02)


def test_others_hear_in_order_and_nobody_hears_oneself():
    async def scene(first, second, heard_by_first, heard_by_second):
        for number in range(50):
            first.say(["read", 7, number, "f" * 24])
        await until(lambda: len(heard_by_second) == 50)
        assert [whisper[2] for _, whisper in heard_by_second] == list(range(50))
        assert {process for process, _ in heard_by_second} == {first.process}
        await asyncio.sleep(2 * GATHER_SECONDS)
        assert heard_by_first == []

    whispering(scene)


def test_what_is_not_understood_does_not_deafen():
    async def scene(first, second, heard_by_first, heard_by_second):
        def hear(process, whisper):
            if whisper[0] == "riddle":
                raise ValueError(whisper)
            heard_by_second.append(whisper)

        second._hear = hear
        first.say(["riddle"])
        first.say(["who", 7])
        await until(lambda: heard_by_second == [["who", 7]])

    whispering(scene)


@pytest.mark.parametrize("turns", range(12))
def test_who_speaks_ends_at_whatever_moment_it_is_told_to(monkeypatch, turns):
    """A process told to end waits for this task. The layer's library may miss the word: it is said again."""
    monkeypatch.setattr(whispers, "GATHER_SECONDS", 0)

    async def scene() -> None:
        one = Whispers(print)
        speaking = asyncio.create_task(one.speak())
        one.say(["read", 7, 1, "f" * 24])
        for _ in range(turns):
            await asyncio.sleep(0)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await end_all([speaking])
        assert speaking.cancelled()

    asyncio.run(scene())
    channel_layers.backends.clear()
