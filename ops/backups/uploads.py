"""Photos and files of channels, where they lie in DATA_DIR."""

import shutil


def save(folder):
    """Copies them, those too that come meanwhile. A bucket (STORAGE_URL) is not copied: it has versions and
    copies of its own. Returns where they are."""
    from django.conf import settings

    if settings.STORAGE_URL:
        return "in the bucket, not copied"
    source = settings.DATA_DIR / "files"
    if source.exists():
        # What is thrown away between the listing and the copy is gone, as everybody wanted.
        shutil.copytree(source, folder / "files", copy_function=_copy_if_there)
    return "copied"


def load(folder):
    """What `save` copied."""
    from django.conf import settings

    if (folder / "files").exists():
        shutil.copytree(folder / "files", settings.DATA_DIR / "files", dirs_exist_ok=True)


def _copy_if_there(source, target):
    try:
        return shutil.copy2(source, target)
    except FileNotFoundError:
        return target
