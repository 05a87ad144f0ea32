"""Statements and reads of the cache are counted, and are what they were without."""

import pytest
from django.core.cache import caches
from django.db import DatabaseError, connection, transaction
from prometheus_client import REGISTRY

from operations import databases


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


def of_database(name: str, **labels: str) -> float:
    return counted(name, alias="default", vendor=connection.vendor, **labels)


def test_each_statement_is_counted_and_timed_once(db):
    before = [of_database(f"django_db_{name}") for name in STATEMENTS]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.executemany("UPDATE chat_channel SET name = %s WHERE id = %s", [("가", -1), ("나", -2)])
    grown = [of_database(f"django_db_{name}") - was for name, was in zip(STATEMENTS, before, strict=True)]
    assert grown == [2, 1, 2]


STATEMENTS = ("execute_total", "execute_many_total", "query_duration_seconds_count")


def test_a_new_connection_is_counted_and_its_statements_once(transactional_db):
    connection.close()
    made = of_database("django_db_new_connections_total")
    for _ in range(2):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.close()
    assert of_database("django_db_new_connections_total") == made + 2
    assert [type(wrapper) for wrapper in connection.execute_wrappers].count(databases._Statements) == 1


def test_an_error_is_counted_by_its_class_and_raised(db):
    before = of_database("django_db_errors_total", type=OPERATIONAL[connection.vendor])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM no_such_table")
    assert of_database("django_db_errors_total", type=OPERATIONAL[connection.vendor]) == before + 1


OPERATIONAL = {"sqlite": "OperationalError", "mysql": "ProgrammingError"}


@pytest.mark.parametrize("kept", ["text", 0, "", False, None, []])
def test_what_is_kept_is_a_hit_whatever_it_is(kept):
    cache = caches["default"]
    hits, misses = (
        counted(f"django_cache_get_{name}_total", backend=cache.counted_as) for name in ("hits", "misses")
    )
    cache.set("test-kept", kept)
    assert cache.get("test-kept", "default") == kept
    assert counted("django_cache_get_hits_total", backend=cache.counted_as) == hits + 1
    cache.delete("test-kept")
    assert cache.get("test-kept", "default") == "default"
    assert cache.get("test-kept") is None
    assert counted("django_cache_get_misses_total", backend=cache.counted_as) == misses + 2
