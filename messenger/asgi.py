"""The ASGI application: pages and API by Django, the socket by Channels, start and stop by `lifespan`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "messenger.settings")
django_application = get_asgi_application()  # first: it loads the apps that the imports below need

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402

from chat import processes  # noqa: E402
from chat.management.siblings import own_number  # noqa: E402
from chat.sockets.consumers import ChatConsumer  # noqa: E402
from chat.sockets.node import Node  # noqa: E402
from chat.stomp.consumer import StompConsumer  # noqa: E402
from messenger.body_limit import BodyLimit  # noqa: E402
from messenger.health import HealthDoor  # noqa: E402
from messenger.lane import PostingLane  # noqa: E402
from operations.requests import WithIds  # noqa: E402

CLOSE_UNKNOWN_PATH = 4404


async def unknown_path(scope, receive, send) -> None:
    """Refuse a socket to any other address."""
    await receive()
    await send({"type": "websocket.close", "code": CLOSE_UNKNOWN_PATH})


async def lifespan(scope, receive, send) -> None:
    """Follow the log from the first moment, and let go of it after the last socket is closed."""
    await receive()
    node = Node.of_this_loop()
    processes.begin(processes.WEB, own_number())
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await node.stop()
    await send({"type": "lifespan.shutdown.complete"})


application = WithIds(
    ProtocolTypeRouter(
        {
            "http": HealthDoor(PostingLane(BodyLimit(django_application))),
            "websocket": URLRouter(
                [
                    path("ws/", ChatConsumer.as_asgi()),
                    path("ws-stomp", StompConsumer.as_asgi()),
                    path("ws-stomp/", StompConsumer.as_asgi()),
                    path("<path:rest>", unknown_path),
                ]
            ),
            "lifespan": lifespan,
        }
    )
)
