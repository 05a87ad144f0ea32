"""The channel of the tests of messages, and browsers."""

from tests.messages.conftest import channel
from tests.pages.conftest import alice_browser, bob_browser, charlie_browser, visitor

__all__ = ["alice_browser", "bob_browser", "channel", "charlie_browser", "visitor"]
