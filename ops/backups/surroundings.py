"""What both scripts need first: the project's Python, its settings, and words for a refusal."""

import os
import sys
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class BackupError(Exception):
    """Something the caller can act on; the message is all they need."""


def enter_site():
    """Continue in the project's own Python, with the settings that the environment names."""
    virtual_environment = ROOT / ".venv"
    python = virtual_environment / "bin/python"
    if python.exists() and Path(sys.prefix).resolve() != virtual_environment.resolve():
        os.execv(python, [str(python), *sys.argv])  # noqa: S606  (our own interpreter, no shell wanted)
    # What is written holds everybody's messages and the hashes of their passwords.
    os.umask(0o077)
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "messenger.settings")
    import django

    django.setup()


@contextmanager
def told_in_words():
    """What the site's parts raise when they are away or damaged, as a BackupError."""
    from chat.pipeline.log_archive import BadArchive
    from chat.pipeline.parts import close_parts
    from chat.pipeline.ports import LogUnavailable, StoreUnavailable

    try:
        yield
    except (BadArchive, LogUnavailable, StoreUnavailable) as error:
        raise BackupError(str(error)) from error
    finally:
        close_parts()


def say(text):
    print(text, file=sys.stderr, flush=True)
