"""Who is let in where: every address of the site as everybody, held to matrix.txt."""

import pytest

from tests.security.matrix import Knocking, doors, rows

pytestmark = pytest.mark.django_db


def test_every_address_has_its_row_and_every_row_its_address():
    assert sorted(rows()) == sorted(doors())


def test_everybody_is_let_in_where_the_table_says_and_refusals_write_nothing(world):
    known, knocking = rows(), Knocking(world)
    heard = {door: knocking.cells(door) for door in doors()}
    wrong = [f"{door} {' '.join(cells)}" for door, cells in heard.items() if cells != known.get(door)]
    if wrong:
        pytest.fail("these doors answer:\n" + "\n".join(wrong), pytrace=False)
    assert knocking.written == []
