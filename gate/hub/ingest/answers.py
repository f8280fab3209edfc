"""What the API says when the answer is not a receipt: one form, and what each database error means.

Every such body is JSON with `code`, which programs read and which is stable, and `detail`, which
people read. A unit retries whatever it gets; only 409 tells it something it can do.
"""

import errno
import sqlite3
from http import HTTPStatus
from typing import Final

from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpResponse, JsonResponse

from gate.hub.ingest.judge import Conflict, Gap
from gate.hub.ingest.limits import RETRY_AFTER_S

_DISK_FULL_SQLSTATE: Final = "53100"
"""PostgreSQL's, appendix A of its manual."""

_DISK_FULL_SQLITE: Final = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE)
"""The second when its `-shm` file can't be made as large as it must (sqlite.org/rescode.html)."""

Trouble = OperationalError | InternalError | InterfaceError
"""What a database raises when it is away, read-only or full; anything else is a fault of ours."""


class Refused(Exception):  # noqa: N818 - an answer, not a fault of the hub
    """A request that is answered before it is understood."""

    def __init__(
        self, status: HTTPStatus, code: str, detail: str, *, retry_after_s: int | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.retry_after_s = retry_after_s

    def response(self) -> HttpResponse:
        """Return it as HTTP."""
        return problem(self.status, self.code, str(self), retry_after_s=self.retry_after_s)


def problem(
    status: HTTPStatus, code: str, detail: str, *, retry_after_s: int | None = None
) -> HttpResponse:
    """Return an answer that is no receipt."""
    headers = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
    return JsonResponse({"code": code, "detail": detail}, status=status, headers=headers)


def gap(answer: Gap) -> HttpResponse:
    """Tell the unit from where to send again."""
    mark = answer.mark
    return JsonResponse(
        {
            "code": "gap",
            "detail": f"this journal is stored through entry {mark.seq}; send from there",
            "stored_through": mark.seq,
            "head_hash": mark.hash.hex(),
            "journal_id": mark.journal_id.hex(),
        },
        status=HTTPStatus.CONFLICT,
    )


def conflict(answer: Conflict) -> HttpResponse:
    """Tell the unit that its journal is not the one stored."""
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "conflict",
        f"entry {answer.seq} is stored with another content; nothing was stored, and the hub has"
        " raised an alarm",
    )


def database_trouble(error: Trouble) -> HttpResponse:
    """Say whether the disk is full or the database is away; nothing was acknowledged."""
    if _is_disk_full(error.__cause__):
        return problem(
            HTTPStatus.INSUFFICIENT_STORAGE,
            "disk_full",
            "the hub's disk is full; nothing was stored",
            retry_after_s=12 * RETRY_AFTER_S,
        )
    return problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "database_away",
        "the hub's database does not answer; nothing was acknowledged",
        retry_after_s=RETRY_AFTER_S,
    )


def words_for_log(error: Trouble) -> str:
    """Return what the database said and its code for it, on one line.

    The first line alone: after it PostgreSQL may quote the row that it had trouble with.
    """
    cause = error.__cause__ or error
    said = str(cause).strip().partition("\n")[0]
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
    return f"{said} ({code or type(cause).__name__})"


def _is_disk_full(cause: BaseException | None) -> bool:
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", None) in _DISK_FULL_SQLITE
    if isinstance(cause, OSError):
        return cause.errno in {errno.ENOSPC, errno.EDQUOT}
    return getattr(cause, "sqlstate", None) == _DISK_FULL_SQLSTATE
