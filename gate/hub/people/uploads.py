"""How much a browser may send: judged by what it says it will, before any of it is kept."""

from typing import IO, TYPE_CHECKING, Any, Final

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from gate.hub.people.bundle import MAX_BUNDLE_BYTES

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

MAX_UPLOAD_BYTES: Final = 20 * 1024 * 1024
"""A photograph, which has 16 MiB at most, and a form around it."""

IMPORT_ENDS: Final = "/people/import/"


class BoundedUpload(FileUploadHandler):
    """Stands before the handlers that keep files, and keeps none."""

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, Any],  # noqa: N803 - Django's name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Refuse what is too large for its address; raises RequestDataTooBig, which answers 400."""
        del input_data, boundary, encoding
        is_import = str(META.get("PATH_INFO", "")).endswith(IMPORT_ENDS)
        most = MAX_BUNDLE_BYTES if is_import else MAX_UPLOAD_BYTES
        if content_length > most:
            raise RequestDataTooBig(f"{content_length} bytes; at most {most} are taken here")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Hand on."""
        del start
        return raw_data

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":
        """Leave the file to the next handler."""
        del file_size
        return None
