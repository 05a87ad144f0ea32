"""What accounts tells whoever listens. A signal, because this app may import no other and open sockets of
a revoked log-in have to close all the same."""

from django.dispatch import Signal

# Sent after the change is committed. user_id: int; credential: the id of the one session or token that
# died (see accounts/credentials.py), or None when every log-in of this person died.
access_revoked = Signal()

# Sent when a token is made, inside the caller's transaction. token: the kept row; agent: str.
token_issued = Signal()
