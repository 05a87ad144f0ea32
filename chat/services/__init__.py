"""Rules across channels, members and the log. `channels` makes, changes and closes; `members` joins, leaves,
kicks and gives roles; `order` bans, mutes and hands a channel over; `invitations` lets people in."""

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
from chat.services.direct import open_direct
from chat.services.members import (
    choose_notify,
    join,
    kick,
    leave,
    leave_every_channel,
    members,
    remove_member_as_operator,
    set_role,
)
from chat.services.order import ban, bans, hand_over, lift_ban, lift_mute, mute
from chat.services.roster import before_leaving

__all__ = [
    "ban",
    "bans",
    "before_closing",
    "before_leaving",
    "change_channel",
    "channel_for",
    "choose_notify",
    "close_channel",
    "close_channel_as_operator",
    "create_channel",
    "hand_over",
    "join",
    "kick",
    "leave",
    "leave_every_channel",
    "lift_ban",
    "lift_mute",
    "members",
    "mute",
    "my_channels",
    "open_direct",
    "remove_member_as_operator",
    "search_channels",
    "set_role",
]
