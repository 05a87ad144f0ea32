"""The page folds changes as the archive does: random histories, in any order, with repeats and late pages."""

import json
import random

import msgspec
import pytest

from chat.messages.history import Message
from chat.messages.shapes import present
from chat.pipeline.changes import Changes
from chat.pipeline.events import Author, MessageEvent
from tests.pipeline.test_changes import MESSAGE, at, event

KINDS = ("edited", "deleted", "reacted", "reacted", "reacted", "answered", "pinned")
ROUNDS = 300
FOLD = """async ([source, message, rounds]) => {
  const { Changes } = await import(source + "changes.js");
  const { fromFrame } = await import(source + "messages.js");
  return rounds.map((events) => {
    const changes = new Changes();
    events.forEach((event) => changes.fold(event));
    return changes.over(fromFrame(message));
  });
}"""


def frame(one, position) -> dict:
    return {**msgspec.to_builtins(one), "position": str(position)}


@pytest.fixture
def page(window, cast):
    """A page that has the scripts."""
    channel_id = cast.channel("alice")
    return window("alice").enter(channel_id)


def test_random_changes_fold_to_the_same_as_in_the_archive(page):
    chance = random.Random(7)
    said = MessageEvent(
        channel=7,
        id=MESSAGE,
        author=Author(1, "사람1"),
        text="처음",
        client_id="c",
        sent_at=1_766_300_000_000,
    )
    rounds, expected = [], []
    for _ in range(ROUNDS):
        told = [
            (event(chance.choice(KINDS), number, chance.randint(1, 3), chance.randint(0, 5)), at(number))
            for number in range(chance.randint(0, 12))
        ]
        if chance.random() < 0.5:
            told = [one for one in told if one[0].__struct_config__.tag != "deleted"]
        changes = Changes(MESSAGE, 7)
        for one, position in told:
            changes.fold(one, position)
        expected.append(present(Message(said, at(0), "사람1", changes)))
        mixed = [*told, *chance.choices(told, k=3)] if told else []
        chance.shuffle(mixed)
        rounds.append([frame(*one) for one in mixed])
    source = page.evaluate("new URL('/static/js/', location.href).href")
    message = frame(said, at(0))
    folded = page.evaluate(FOLD, [source, message, rounds])
    for one, other, events in zip(folded, expected, rounds, strict=True):
        assert (one["text"], one["deleted"], one["deletedBy"], one["notice"]) == (
            other["text"],
            other["deleted"],
            other["deleted_by"],
            other["notice"],
        ), json.dumps(events, ensure_ascii=False)
        assert one["reactions"] == other["reactions"]
        assert one["answers"] == {str(person): choices for person, choices in other["answers"].items()}
        assert (one["editedAt"] is None) == (other["edited_at"] is None)
