"""The cache: counted in django-prometheus' families, and where Redis is set, shared and forgiving.

Not django-prometheus' own backends: the one for Redis needs a package that we do not have, and all take a
cached 0 or "" for a miss.
"""

import logging

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from django_prometheus.cache import metrics as counted
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
_MISSED = object()


class Counted:
    """A cache whose reads are counted as hits and misses of `counted_as`."""

    counted_as: str

    def __init__(self, *arguments, **options) -> None:
        super().__init__(*arguments, **options)
        self._reads, self._hits, self._misses = (
            counter.labels(backend=self.counted_as)
            for counter in (
                counted.django_cache_get_total,
                counted.django_cache_hits_total,
                counted.django_cache_misses_total,
            )
        )

    def get(self, key, default=None, version=None):
        """The value, or the default where there is none."""
        self._reads.inc()
        found = super().get(key, _MISSED, version)
        (self._misses if found is _MISSED else self._hits).inc()
        return default if found is _MISSED else found


class LocalCache(Counted, LocMemCache):
    """Each process's own."""

    counted_as = "locmem"


def _forgive(name: str, fallback):
    """A RedisCache method that answers `fallback(arguments)` while Redis cannot be reached."""
    method = getattr(RedisCache, name)

    def forgiving(self, key, *arguments, **options):
        try:
            return method(self, key, *arguments, **options)
        except RedisError as error:
            logger.warning("cache %s: Redis is not reachable (%s)", name, type(error).__name__)
            return fallback(*arguments)

    return forgiving


def _failed_read(default=None, *_):
    counted.django_cache_get_fail_total.labels(backend=ForgivingRedisCache.counted_as).inc()
    return default


class _ForgivingRedisCache(RedisCache):
    get = _forgive("get", _failed_read)
    set = _forgive("set", lambda *_: None)
    add = _forgive("add", lambda *_: True)
    touch = _forgive("touch", lambda *_: False)
    delete = _forgive("delete", lambda *_: False)
    incr = _forgive("incr", lambda *_: 1)


class ForgivingRedisCache(Counted, _ForgivingRedisCache):
    """RedisCache whose reads miss and whose writes do nothing while Redis is away."""

    counted_as = "redis"
