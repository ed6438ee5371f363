"""Files that people send: only kinds that we know by their first bytes, of a bounded size, under a name that can do no harm.

Looks at content, never at what the sender says about it.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath, PureWindowsPath

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_noop

from orderway.engine.refusals import Mistake
from orderway.orders.acts import Attachment

SIGNATURES = ((b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))
IMAGES = frozenset({"image/png", "image/jpeg"})
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NAME_LENGTH = 120
CONTROLS = frozenset(range(32)) - {9, 10, 13}  # bytes that no text file holds


class FileTooLarge(Mistake):
    """A file above the limit of this installation."""

    code = "file_too_large"
    message = gettext_noop("The file {name} is larger than {limit} MB.")
    remedy = gettext_noop("Send a smaller one, such as a photo of lower resolution.")


class FileKindUnknown(Mistake):
    """A file whose content is none of the kinds that we keep."""

    code = "file_kind_unknown"
    message = gettext_noop("The content of {name} is none of: {kinds}.")
    remedy = gettext_noop("Save it as one of these and send it again.")


def attachment(file: UploadedFile[bytes], *, kind: str, field: str, images_only: bool = False) -> Attachment:
    """The file as the acts take it. Raises FileTooLarge or FileKindUnknown, both naming the field."""
    limit: int = settings.CONFIGURATION.upload_mb
    name = safe_name(file.name or "file")
    if (file.size or 0) > limit * 1024 * 1024:
        raise FileTooLarge(field=field, name=name, limit=limit)
    body = file.read()
    media_type = media_type_of(body)
    if media_type is None or (images_only and media_type not in IMAGES):
        raise FileKindUnknown(field=field, name=name, kinds="PNG, JPEG" if images_only else "PDF, PNG, JPEG, XLSX, CSV, TXT")
    return Attachment(kind, name, media_type, body)


def media_type_of(body: bytes) -> str | None:
    """The media type that the content has; None for everything that we do not keep."""
    for signature, media_type in SIGNATURES:
        if body.startswith(signature):
            return media_type
    if body.startswith(b"PK\x03\x04") and b"[Content_Types].xml" in body[:4096] and b"xl/" in body:
        return SPREADSHEET
    return "text/plain" if body and _is_text(body) else None


def safe_name(name: str) -> str:
    """The last part of the name without anything that a shell, a browser or a file system could take for more than a letter."""
    last = PurePosixPath(PureWindowsPath(name).name).name
    return re.sub(r"[^\w.\- ()]", "_", last).strip(". ")[-NAME_LENGTH:] or "file"


def _is_text(body: bytes) -> bool:
    if set(body) & CONTROLS or body.lstrip()[:1] == b"<":  # markup might run where it is opened
        return False
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
