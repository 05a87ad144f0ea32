"""A talk of two that its reader took out of the list: their other windows take it out too."""

from chat.models import Membership
from chat.sockets.node import Node


def tell_windows(left: Membership) -> None:
    """After the commit: open windows hide the row. May be lost; a page that loads anew asks the rows."""
    node = Node.running()
    if node is not None and left.channel.is_direct:
        node.loop.call_soon_threadsafe(node.tell_hidden, left.channel_id, left.user_id)
