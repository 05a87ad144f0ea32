"""The API, fuzzed from its own description as everybody."""

import pytest
from schemathesis import GenerationMode

from tests.security.asking import Asking, operations

pytestmark = pytest.mark.django_db
EXAMPLES = {GenerationMode.POSITIVE: 3, GenerationMode.NEGATIVE: 3}


def test_whatever_is_asked_is_answered_as_described(world):
    asking = Asking(world)
    for operation in operations():
        for mode, examples in EXAMPLES.items():
            asking.ask(operation, mode, examples)
    print(sorted(asking.answers.items()))
    if asking.faults:
        pytest.fail(
            "\n".join(f"{label}: {said}" for (label, _), said in asking.faults.items()), pytrace=False
        )
