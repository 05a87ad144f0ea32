"""Counts statements and new connections in django-prometheus' own families.

Not with its database engines: those make a class for each cursor, which costs 24 µs a statement where this
costs one (SQLite, measured), and leave it as garbage to the process of the sockets.
"""

import time

from django.core.cache import DEFAULT_CACHE_ALIAS, caches
from django.db.backends.signals import connection_created
from django_prometheus import db as counted


class _Statements:
    """Wraps the execution of each statement of one connection."""

    def __init__(self, alias: str, vendor: str) -> None:
        self._names = {"alias": alias, "vendor": vendor}
        self._executed = counted.execute_total.labels(**self._names)
        self._executed_many = counted.execute_many_total.labels(**self._names)
        self._seconds = counted.query_duration_seconds.labels(**self._names)

    def __call__(self, execute, sql, params, many, context):
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        except Exception as error:
            counted.errors_total.labels(**self._names, type=type(error).__name__).inc()
            raise
        finally:
            self._seconds.observe(time.perf_counter() - began)
            self._executed.inc()
            if many:
                self._executed_many.inc()


def count(connection, **_) -> None:
    """A connection was made: from now on its statements are counted, once each."""
    counted.connections_total.labels(connection.alias, connection.vendor).inc()
    if not any(isinstance(wrapper, _Statements) for wrapper in connection.execute_wrappers):
        connection.execute_wrappers.append(_Statements(connection.alias, connection.vendor))


def begin() -> None:
    """Count every connection that is made from now on, and have the cache's counters there, as 0."""
    caches.create_connection(DEFAULT_CACHE_ALIAS)
    connection_created.connect(count, dispatch_uid="operations.databases.count")
