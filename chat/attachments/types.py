"""What a file is, by its first bytes: never by its name or by what the sender says.

A table of our own instead of a library: twenty formats decide nothing but an icon and whether it is a photo,
and the libraries fall back on the name, which is what must not happen.
"""

import mmap
from codecs import getincrementaldecoder
from typing import BinaryIO

HEAD_BYTES = 4096
OTHER = "application/octet-stream"
PHOTO_TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/heic"})

_BEGINNINGS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),  # hwp, doc, xls, ppt
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"), "image/heic"),
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
}
# Names that stand uncompressed in a ZIP and say what it is.
_INSIDE_ZIP = (
    (b"word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/presentation.xml", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (b"application/hwp+zip", "application/hwp+zip"),
)
# Windows, Linux, macOS, and Android: the way by which a group talk spreads what empties bank accounts.
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"dex\n")
_ANDROID = (b"AndroidManifest.xml", b"classes.dex")


class Program(Exception):
    """Something that runs when it is opened."""


def recognise(file: BinaryIO) -> str:
    """The content type of this file, at its beginning again afterwards; text, whatever it is written in, is
    text/plain, and what is not known OTHER. `file` is on disk and not empty. Raises Program."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    file.seek(0)
    if head.startswith(_PROGRAMS):
        raise Program
    kind = next((kind for beginning, kind in _BEGINNINGS if head.startswith(beginning)), None)
    if kind == "application/zip":
        return _inside_zip(file)
    if kind:
        return kind
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], OTHER)
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    return "text/plain" if _is_text(head) else OTHER


def _inside_zip(file: BinaryIO) -> str:
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if all(content.find(name) >= 0 for name in _ANDROID):
            raise Program
        return next((kind for name, kind in _INSIDE_ZIP if content.find(name) >= 0), "application/zip")


def _is_text(head: bytes) -> bool:
    if b"\x00" in head:
        return False
    try:
        getincrementaldecoder("utf-8")().decode(head)  # the last letter may be cut in two
    except UnicodeDecodeError:
        return False
    return True
