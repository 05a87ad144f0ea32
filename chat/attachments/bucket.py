"""Files on an S3-compatible server, by django-storages. Chosen by STORAGE_URL; nothing else knows of S3."""

import threading

from botocore.config import Config
from storages.backends.s3 import S3Storage

CONNECT_SECONDS, READ_SECONDS = 3, 20
IN_MEMORY_BYTES = 1024 * 1024  # what is read beyond goes through a file
_session_lock = threading.Lock()


class BucketStorage(S3Storage):
    """Private objects, reached only through this process.

    django-storages connects once in each thread, and a request has a thread of its own: so one session serves
    them all, which spares each the reading of botocore's tables. A server that does not answer is given up
    within seconds.
    """

    def __init__(self, **options) -> None:
        config = Config(
            s3={"addressing_style": "path"},
            signature_version="s3v4",
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": 2},
        )
        super().__init__(
            client_config=config,
            default_acl="private",
            file_overwrite=True,  # every name is a new UUID: nothing to ask before writing
            max_memory_size=IN_MEMORY_BYTES,
            **options,
        )
        self._session = None

    @property
    def connection(self):
        """This thread's connection. A session is no good to two threads that connect at once."""
        with _session_lock:
            return super().connection

    def _create_session(self):
        if self._session is None:
            self._session = super()._create_session()
        return self._session
