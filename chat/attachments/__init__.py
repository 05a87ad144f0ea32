"""Photos and files of a channel: uploaded first, then shown by a message."""
