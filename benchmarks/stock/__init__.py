"""The stock way to build a chat with Channels, to measure beside ours: group_send over Redis."""
