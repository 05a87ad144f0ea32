"""Asks the API what its description allows and what it does not, as everybody, and collects what is wrong: a
server error, an answer that the description does not know, a refusal that wrote."""

import json
import random
from collections.abc import Iterator

import requests
import schemathesis
from asgiref.sync import async_to_sync
from django.db import connection
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode

from messenger.problems import CONTENT_TYPE
from tests.security.matrix import WRITING, counts
from tests.security.world import KNOCKING, World, taken_back

HOST = "http://testserver"


def operations() -> Iterator[schemathesis.APIOperation]:
    """Every operation of the description that drf-spectacular makes."""
    described = json.loads(json.dumps(SchemaGenerator().get_schema(request=None, public=True), default=str))
    for operation in schemathesis.openapi.from_dict(described).get_all_operations():
        yield operation.ok()


class Asking:
    """Asks each case as each of KNOCKING. `faults`: a line for each operation, fault and first asker."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._before = counts()
        self.faults: dict[tuple[str, str], str] = {}
        self.answers: dict[int, int] = {}

    def ask(self, operation: schemathesis.APIOperation, mode: GenerationMode, examples: int) -> None:
        """So many cases of this operation, the same in each run."""

        @settings(
            max_examples=examples, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(operation.as_strategy(generation_mode=mode), st.integers(0, 2**32))
        def ask_each(case: Case, seed: int) -> None:
            self._make_partly_real(case, random.Random(seed))
            sent = requests.Request(**_sendable(case.as_transport_kwargs(base_url=HOST))).prepare()
            for name in KNOCKING:
                self._ask_as(name, case, sent)

        ask_each()

    def _make_partly_real(self, case: Case, chance: random.Random) -> None:
        """Addresses and values of the world in most places: what is made up alone rarely gets far."""
        for name in sorted(case.path_parameters):
            if chance.random() < 0.85:
                place = self._world.places[name]
                case.path_parameters[name] = place if isinstance(place, int) else str(place)
        if isinstance(case.body, dict):
            known = self._world.filled_in()
            for name in sorted(case.body.keys() & known.keys()):
                if chance.random() < 0.5:
                    case.body[name] = known[name]

    def _ask_as(self, name: str, case: Case, sent: requests.PreparedRequest) -> None:
        told = {key: value for key, value in sent.headers.items() if key.lower() not in _OWN}
        content_type = sent.headers.get("Content-Type", "application/octet-stream")
        wrote: list[str] = []

        def notice(execute, statement, *rest):
            if statement.startswith(WRITING):
                wrote.append(statement)
            return execute(statement, *rest)

        with taken_back(), connection.execute_wrapper(notice):
            answer = self._world.browser(name).generic(
                sent.method, sent.url.removeprefix(HOST), sent.body or b"", content_type,
                headers=told | self._world.bearer(name),
            )  # fmt: skip
            content = async_to_sync(_streamed)(answer) if answer.streaming else answer.content
            written = answer.status_code >= 400 and wrote and counts() != self._before
        self.answers[answer.status_code] = self.answers.get(answer.status_code, 0) + 1
        for fault in self._wrong(case, sent, answer, content):
            self._note(case, name, sent, fault)
        if written:
            self._note(case, name, sent, f"{answer.status_code} wrote")

    def _note(self, case: Case, name: str, sent: requests.PreparedRequest, fault: str) -> None:
        said = f"{fault}: {sent.method} {sent.url.removeprefix(HOST)} {(sent.body or b'')[:500]!r} as {name}"
        self.faults.setdefault((case.operation.label, fault[:90]), said)

    def _wrong(self, case: Case, sent, answer, content: bytes) -> Iterator[str]:
        status = answer.status_code
        if status >= 500:
            yield f"{status} {content[:200]!r}"
            return
        if status >= 400 and answer["Content-Type"] != CONTENT_TYPE:
            yield f"{status} as {answer['Content-Type']}"
            return
        headers = {key.lower(): [value] for key, value in answer.headers.items()}
        heard = schemathesis.Response(status, headers, content, sent, elapsed=0, verify=False)
        try:
            case.operation.validate_response(heard, case=case)
        except* schemathesis.core.failures.Failure as wrong:
            yield from (f"{status} {one.title} {one.message}" for one in wrong.exceptions)


async def _streamed(answer) -> bytes:
    return b"".join([piece async for piece in answer])


_OWN = {"accept-encoding", "content-type", "content-length", "authorization", "user-agent"}
_SENT = {"method", "url", "headers", "params", "data", "json", "files", "cookies"}


def _sendable(told: dict) -> dict:
    return {name: value for name, value in told.items() if name in _SENT}
