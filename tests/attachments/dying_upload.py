"""`python -m tests.attachments.dying_upload POINT`: an upload, or the throwing away of one, dies by SIGKILL
at that point. Prints how many files and rows there are then, and how many after a day and its sweep."""

import json
import os
import signal
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "messenger.settings")
django.setup()

from django.core.files.storage import storages  # noqa: E402
from django.core.files.uploadedfile import UploadedFile  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from chat import services  # noqa: E402
from chat.attachments import removal, uploads  # noqa: E402
from chat.models import Attachment  # noqa: E402
from tests.attachments.files import encoded, picture  # noqa: E402

STORAGE = type(storages["default"])
# The function that is under way, at which of its calls, and whether the kill comes before its work or after.
POINTS = {
    "drawn": (uploads, "_redraw", 1, True),
    "row": (uploads, "_check_quota", 1, False),
    "content": (STORAGE, "save", 1, True),
    "thumbnail": (STORAGE, "save", 2, True),
    "deleting": (STORAGE, "delete", 1, True),
}


def die_at(point: str) -> None:
    """Let this process reach the point."""
    owner, name, fatal, afterwards = POINTS[point]
    real, calls = getattr(owner, name), []

    def fatally(*arguments, **options):
        calls.append(arguments)
        if len(calls) == fatal and not afterwards:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = real(*arguments, **options)
        if len(calls) == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(owner, name, fatally)


def upload(user, channel) -> None:
    """A photo."""
    with tempfile.TemporaryFile() as file:
        size = file.write(encoded(picture()))
        file.seek(0)
        received = UploadedFile(file, name="a.jpg", size=size)
        uploads.receive(user=user, channel_id=channel.pk, upload=received)


def in_a_child(work) -> bool:
    """Whether it was killed while it did this."""
    connection.close()  # each process makes its own
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def die_uploading(point: str, user, channel) -> None:
    """In the child."""
    die_at(point)
    upload(user, channel)


def die_sweeping(point: str) -> None:
    """In the child."""
    die_at(point)
    removal.sweep()


def a_day_later() -> None:
    """Everything that waits has waited long enough."""
    Attachment.objects.update(created_at=timezone.now() - timedelta(hours=26))


def count() -> list[int]:
    """Files, rows."""
    folder = Path(storages["default"].location)
    return [sum(path.is_file() for path in folder.rglob("*")), Attachment.objects.count()]


def main(point: str) -> None:
    name = uuid4().hex[:12]
    user = User.objects.create_user(email=f"{name}@example.com", username=name, password="long enough 9")
    channel = services.create_channel(user=user, name="모임")
    if point == "deleting":
        upload(user, channel)
        a_day_later()
        killed = in_a_child(lambda: die_sweeping(point))
    else:
        killed = in_a_child(lambda: die_uploading(point, user, channel))
    then = count()
    a_day_later()
    removal.sweep()
    print(json.dumps({"killed": killed, "then": then, "later": count()}))


if __name__ == "__main__":
    main(sys.argv[1])
