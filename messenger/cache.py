"""The shared cache when Redis is set: a Redis that is away costs cached values, never a request."""

import logging

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


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


class ForgivingRedisCache(RedisCache):
    """RedisCache whose reads miss and whose writes do nothing while Redis is away."""

    get = _forgive("get", lambda default=None, *_: default)
    set = _forgive("set", lambda *_: None)
    add = _forgive("add", lambda *_: True)
    touch = _forgive("touch", lambda *_: False)
    delete = _forgive("delete", lambda *_: False)
    incr = _forgive("incr", lambda *_: 1)
