"""Where the stack keeps its files, which ports it takes and as whom the servers run."""

import hashlib
import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PORTS = {"mariadb": 13306, "redis": 16379, "kafka": 19092, "kafka_controller": 19093, "mongodb": 17017}
UNPRIVILEGED_USER = "nobody"


@dataclass(frozen=True)
class Account:
    """Whom a server runs as; `popen_options` is empty when that is whoever started us."""

    uid: int
    gid: int

    @property
    def popen_options(self):
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def choose_account():
    """Servers that face the network never run as root: started by root, they run as nobody."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    entry = pwd.getpwnam(UNPRIVILEGED_USER)
    return Account(entry.pw_uid, entry.pw_gid)


def is_open_to_all(folder):
    """Whether a stranger may walk through every folder on the way down to `folder`."""
    return all(part.stat().st_mode & 0o001 for part in (folder, *folder.parents) if part.exists())


def choose_folder(wanted, fallback):
    """`wanted`, or `fallback` when we are root and nobody could not walk there (a checkout below /root)."""
    return wanted if os.geteuid() != 0 or is_open_to_all(wanted) else fallback


def choose_ports():
    """The default ports; STACK_PORT_BASE moves all of them, STACK_<NAME>_PORT one."""
    base = os.environ.get("STACK_PORT_BASE")
    ports = {}
    for index, (name, default) in enumerate(PORTS.items()):
        moved = int(base) + index if base else default
        ports[name] = int(os.environ.get(f"STACK_{name.upper()}_PORT", moved))
    return ports


class Places:
    """Folders of one stack: `data` may be wiped, `cache` holds downloads and survives."""

    def __init__(self):
        data = Path(os.environ.get("STACK_DIR", ROOT / "var/stack")).resolve()
        # Two checkouts never share data, so each has its own fallback; the downloads are the same for all.
        checkout = hashlib.sha256(str(data).encode()).hexdigest()[:12]
        self.data = choose_folder(data, Path("/var/lib/messenger-stack") / checkout)
        cache = Path(os.environ.get("STACK_CACHE", ROOT / "var/stack-cache")).resolve()
        self.cache = choose_folder(cache, Path("/var/cache/messenger-stack"))
        self.account = choose_account()
        self.ports = choose_ports()

    def make_server_folder(self, name):
        """The folder of one server, owned by the account it runs as."""
        folder = self.data / name
        folder.mkdir(parents=True, exist_ok=True, mode=0o755)
        own(folder, self.account)
        return folder

    def wipe(self):
        shutil.rmtree(self.data, ignore_errors=True)


def own(path, account):
    """Hands a file or folder over to the account the servers run as."""
    if os.geteuid() == 0:
        os.chown(path, account.uid, account.gid)
