"""Pages and addresses of a channel's people and order; the rules are in chat/services."""
