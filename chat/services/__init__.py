"""Rules across channels, members and the log. `channels` makes, changes and closes; `members` joins, leaves,
kicks and gives roles."""

from chat.services.channels import (
    before_closing,
    change_channel,
    channel_for,
    close_channel,
    close_channel_as_operator,
    create_channel,
    my_channels,
    search_channels,
)
from chat.services.members import (
    before_leaving,
    join,
    kick,
    leave,
    leave_every_channel,
    members,
    remove_member_as_operator,
    set_role,
)

__all__ = [
    "before_closing",
    "before_leaving",
    "change_channel",
    "channel_for",
    "close_channel",
    "close_channel_as_operator",
    "create_channel",
    "join",
    "kick",
    "leave",
    "leave_every_channel",
    "members",
    "my_channels",
    "remove_member_as_operator",
    "search_channels",
    "set_role",
]
