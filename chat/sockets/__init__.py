"""What is live in a web process: sockets, their rights, and the way of a message into the log."""
