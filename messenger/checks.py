"""System checks that say what this installation cannot do or does not guard. They inform and stop nothing."""

from django.conf import settings
from django.core.checks import Info, register


@register
def limits_are_on(app_configs, **kwargs) -> list[Info]:
    """RATE_LIMITS=off is for load tests only."""
    if settings.RATE_LIMITS:
        return []
    hint = "Unset RATE_LIMITS wherever strangers can reach the site."
    return [Info("RATE_LIMITS=off: passwords may be guessed without limit.", hint=hint, id="messenger.I001")]


@register(deploy=True)
def embedded_parts_are_known(app_configs, **kwargs) -> list[Info]:
    """Each unset URL means an embedded part with a limit of its own: said by `check --deploy`, and not at
    every start, for embedded is a product."""
    limits = {
        "DATABASE_URL": "SQLite: one writer at a time, all processes on this machine",
        "KAFKA_BOOTSTRAP_SERVERS": "log in a SQLite file: all processes on this machine",
        "MONGODB_URI": "message store in a SQLite file: all processes on this machine",
        "REDIS_URL": "small notices and cache in memory: one web process",
        "STORAGE_URL": "folder for files: all processes on this machine",
    }
    return [
        Info(f"Embedded {limit}.", hint=f"Set {name} to use a server.", id=f"messenger.I{number:03d}")
        for number, (name, limit) in enumerate(limits.items(), start=2)
        if not getattr(settings, name)
    ]
