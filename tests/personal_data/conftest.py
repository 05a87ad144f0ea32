"""The channel of the tests of messages: log and store outlive the rows that a test rolls back."""

from tests.messages.conftest import channel
from tests.pages.conftest import visitor

__all__ = ["channel", "visitor"]
