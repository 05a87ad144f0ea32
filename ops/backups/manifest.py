"""`manifest.json`: what a backup holds, of which versions, with the checksum of each file."""

import hashlib
import json
from datetime import UTC, datetime

from backups.surroundings import BackupError

NAME = "manifest.json"
FORMAT = 1


def fingerprint(secret):
    """Tells whether two secrets are the same and nothing else about them: they are random and long."""
    return hashlib.sha256(f"backup:{secret}".encode()).hexdigest()[:16]


def write(folder, versions):
    """The last file of a backup: one without it was not finished."""
    from django.conf import settings

    content = {
        "format": FORMAT,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "migrations": sorted(f"{app}.{name}" for app, name in _applied()),
        "versions": versions,
        "pin_pepper": fingerprint(settings.PIN_PEPPER),
        "files": {name: _describe(folder / name) for name in _names(folder)},
    }
    unfinished = folder / f"{NAME}.part"
    unfinished.write_text(json.dumps(content, indent=1, ensure_ascii=False))
    unfinished.rename(folder / NAME)


def check(folder, *, any_pepper):
    """Raises BackupError unless every file is there as it was written and this code can read them."""
    from django.conf import settings

    if not (folder / NAME).is_file():
        raise BackupError(f"{folder} is no finished backup: it has no {NAME}.")
    content = json.loads((folder / NAME).read_text())
    if content["format"] != FORMAT:
        raise BackupError(f"This backup has format {content['format']}; this version reads {FORMAT}.")
    for name, told in content["files"].items():
        if not (folder / name).is_file() or _describe(folder / name) != told:
            raise BackupError(f"{folder / name} is missing or damaged.")
    unknown = set(content["migrations"]) - {f"{app}.{name}" for app, name in _known()}
    if unknown:
        raise BackupError(f"The backup is of a newer version, which has {', '.join(sorted(unknown))}.")
    if content["pin_pepper"] != fingerprint(settings.PIN_PEPPER) and not any_pepper:
        raise BackupError(
            "PIN_PEPPER is another one than the backup's: no wallet's PIN would be right any more. Put the"
            " old one back (the file pin_pepper in DATA_DIR, or the variable). --any-pepper goes on without."
        )


def _names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def _describe(path):
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _applied():
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    return MigrationRecorder(connection).applied_migrations()


def _known():
    from django.db.migrations.loader import MigrationLoader

    return MigrationLoader(None).disk_migrations
