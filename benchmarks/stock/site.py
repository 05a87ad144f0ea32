"""A chat as the Channels tutorial builds it, with the same frames as ours, so that the same load drives it.

It checks nothing: the token `user-n` is the member n.
"""

import itertools
import json
import time

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path

_numbers = itertools.count(1)


class StockConsumer(AsyncWebsocketConsumer):
    """One group for a channel; every message is a group_send."""

    async def connect(self):
        token = dict(self.scope["headers"])[b"authorization"].decode()
        self.user_id = int(token.rpartition("-")[2])
        self.group = None
        await self.accept()

    async def disconnect(self, code):
        if self.group:
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data=None, bytes_data=None):
        frame = json.loads(text_data)
        channel = frame["channel"]
        if frame["op"] == "subscribe":
            self.group = f"channel_{channel}"
            await self.channel_layer.group_add(self.group, self.channel_name)
            await self.send(
                json.dumps({"op": "subscribed", "channel": channel, "position": "", "role": "member"})
            )
            return
        number = next(_numbers)
        message = {
            "op": "message",
            "channel": channel,
            "id": f"{number:032x}",
            "author": {"id": self.user_id, "username": f"user{self.user_id}"},
            "text": frame["text"],
            "client_id": frame["client_id"],
            "sent_at": time.time_ns() // 1_000_000,
            "position": f"{number:024x}",
        }
        await self.channel_layer.group_send(
            f"channel_{channel}", {"type": "chat.message", "message": message}
        )
        answer = {"op": "ack", "client_id": frame["client_id"]}
        await self.send(json.dumps({**answer, "id": message["id"], "position": message["position"]}))

    async def chat_message(self, event):
        await self.send(text_data=json.dumps(event["message"]))


application = ProtocolTypeRouter(
    {
        "http": get_asgi_application(),
        "websocket": URLRouter([path("ws/", StockConsumer.as_asgi())]),
    }
)
