"""Knocks at every door as everybody, and compares with matrix.txt, which says who is let in where.

A cell is `in` (let in, whatever the answer to what was said), `login` (sent to log in), or the status of the
refusal. The test prints the rows that are missing or wrong as they are answered: judge before you copy one.
"""

import re
from pathlib import Path

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from accounts.models import Attempt
from tests.security.doors import addresses, filled
from tests.security.world import KNOCKING, World, taken_back

TABLE = Path(__file__).with_name("matrix.txt")
WRITING = ("INSERT", "UPDATE", "DELETE", "REPLACE")
REFUSED = {401, 403, 404, 405}
MODEL = re.compile(r"admin/(accounts|chat|wallets|knox|auth)/(\w+)/")
QUERY = "q=산행&channel={channel_id}&wallet={wallet_id}&source={wallet_id}&user={user_id}&member={user_id}"


def rows() -> dict[str, list[str]]:
    """The table: cells by method and address."""
    lines = [line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    return {" ".join(line[:2]): line[2:] for line in lines}


def doors() -> list[str]:
    """Method and address of each."""
    return [f"{method} /{route}" for method, route in addresses()]


def counts() -> tuple[int, ...]:
    """How many rows each table has, but for the guesses that are counted when a password is refused."""
    models = [model for model in apps.get_models() if model is not Attempt]
    tables = [f"SELECT count(*) FROM {model._meta.db_table}" for model in models]  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(tables))
        return tuple(number for (number,) in cursor.fetchall())


class Knocking:
    """Asks, and remembers which refusals wrote something."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._before = counts()
        self.written: list[str] = []

    def cells(self, door: str) -> list[str]:
        """What each of KNOCKING hears at this door."""
        return [self._cell(door, name) for name in KNOCKING]

    def _cell(self, door: str, name: str) -> str:
        method, route = door.split()
        wrote: list[str] = []

        def notice(execute, statement, *rest):
            if statement.startswith(WRITING):
                wrote.append(statement)
            return execute(statement, *rest)

        with taken_back(), connection.execute_wrapper(notice):
            heard = self._ask(method, route[1:], name)
            if heard != "in" and wrote and counts() != self._before:
                self.written.append(f"{door} as {name}")
        return heard

    def _ask(self, method: str, route: str, name: str) -> str:
        world = self._world
        places = world.places | _own_places(route, world)
        address = filled(route, places)
        asked = f"{address}?{QUERY.format_map(world.places)}" if method in ("GET", "DELETE") else address
        body = None if method == "GET" else world.filled_in()
        if route.startswith("api/"):
            told = {"content_type": "application/json", "headers": world.bearer(name)}
        else:
            told = {}
        if route.endswith("attachments/") and method == "POST":
            body = {"file": SimpleUploadedFile("a.txt", b"x", content_type="text/plain")}
            told.pop("content_type")
        answer = getattr(world.browser(name), method.lower())(asked, body, **told)
        if answer.status_code in (301, 302) and "/login/?next=" in answer.headers["Location"]:
            return "login"
        return str(answer.status_code) if answer.status_code in REFUSED or answer.status_code >= 500 else "in"


def _own_places(route: str, world: World) -> dict[str, object]:
    """What stands in this address and means something else than in others."""
    if route.startswith("^hooks"):
        return {"token": world.hook_token}
    if not route.startswith("admin/"):
        return {}
    found = MODEL.match(route)
    first = apps.get_model(*found.groups()).objects.order_by("pk").first() if found else None
    pk = first.pk if first else 1
    return {"object_id": pk, "id": pk, "content_type_id": 1, "app_label": "chat", "url": "nothing/"}
