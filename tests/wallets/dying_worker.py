"""`python -m tests.wallets.dying_worker POINT`: runs what is due in forked children, each of which dies by
SIGKILL at that point of a run, until nothing is due. Prints how many were killed."""

import os
import signal
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "messenger.settings")
django.setup()

from django.utils import timezone  # noqa: E402

from wallets.models import ScheduledTransfer, ScheduleState  # noqa: E402
from wallets.schedules import runs  # noqa: E402

# The function that is under way at each point, and whether the kill comes before its work or after.
POINTS = {
    "claimed": ("_post", False),
    "posted": ("_post", True),
    "written": ("_run", True),
    "committed": ("retrying", True),
}


def die_at(point: str) -> None:
    """Let this process reach the point: in its second run, or after its first commit."""
    name, afterwards = POINTS[point]
    real, calls = getattr(runs, name), []
    fatal = 1 if point == "committed" else 2

    def fatally(*args):
        calls.append(args)
        if len(calls) == fatal and not afterwards:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = real(*args)
        if len(calls) == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(runs, name, fatally)


def nothing_left() -> bool:
    due = ScheduledTransfer.objects.filter(state=ScheduleState.ACTIVE, next_run_at__lte=timezone.now())
    return not due.exists()


def main(point: str) -> int:
    """How many children were killed."""
    killed = 0
    while True:
        child = os.fork()  # no connection is open yet: each child makes its own
        if child == 0:
            if nothing_left():
                os._exit(0)
            die_at(point)
            runs.run_due()
            os._exit(1)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            killed += 1
        elif os.WEXITSTATUS(status) == 0:
            return killed


if __name__ == "__main__":
    print(main(sys.argv[1]))
