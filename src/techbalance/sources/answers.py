"""What does a publisher's answer mean? Status, headers and first bytes, before anybody parses anything."""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final, Literal

from techbalance.errors import KeyRefusedError, SourceError, UnreachableError
from techbalance.sources.secrets import quoted, redact

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import httpx

    from techbalance.sources.adapter import Part
    from techbalance.sources.declaration import Declaration
    from techbalance.sources.secrets import Secret

Verdict = Literal["body", "unchanged", "empty", "beyond"]
# Enough of a body to know a web page, a workbook or JSON by.
TELLING_BYTES: Final = 512
# What passes by itself (RFC 9110, and the publisher's guide for 500 of a query that is too large).
TRANSIENT: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_TOO_LARGE: Final = re.compile(r"error while running your query|too (large|big|many)|exceeds", re.IGNORECASE)
_TITLE: Final = re.compile(rb"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_STARTS: Final[dict[str, tuple[bytes, ...]]] = {
    "json": (b"[", b"{"),
    "xml": (b"<",),
    "xlsx": (b"PK\x03\x04",),
    "xlsb": (b"PK\x03\x04",),
    "zip": (b"PK\x03\x04", b"PK\x05\x06"),
    "xls": (b"\xd0\xcf\x11\xe0",),
    "pdf": (b"%PDF",),
}
_NAMES: Final = {
    "json": "JSON",
    "xml": "XML",
    "zip": "a ZIP archive",
    "pdf": "a PDF document",
    "csv": "a CSV file",
    "text": "a text",
} | dict.fromkeys(("xlsx", "xlsb", "xls"), "a workbook")


def is_redirect(response: httpx.Response) -> bool:
    """Whether the answer sends the caller elsewhere."""
    return response.status_code in (301, 302, 303, 307, 308) and "location" in response.headers


def judge(
    response: httpx.Response,
    part: Part,
    declaration: Declaration,
    secrets: Sequence[Secret],
    says: Callable[[httpx.Response], str],
) -> Verdict:
    """Decide what an answer means.

    Returns
    -------
    Verdict
        ``body`` to be read, ``unchanged`` (304), ``empty`` (a 204 that the part allows), or ``beyond`` (416:
        the range begins after the end).

    Raises
    ------
    UnreachableError
        It may pass.
    KeyRefusedError, SourceError
        It will not.
    """
    status = response.status_code
    shown = f"{declaration.id}, {redact(part.url, secrets)}"
    if status in (200, 206):
        return "body"
    if status == 304:
        return "unchanged"
    if status == 416:
        return "beyond"
    if status == 204:
        if part.empty_is_data:
            return "empty"
        raise SourceError("the publisher answered with nothing (204)", where=shown, remedy="Try again later")
    said = quoted(_words(says(response)), secrets)
    if status in TRANSIENT:
        raise _passing(response, status, said, declaration)
    if status in (401, 403) and part.keyed and declaration.credential is not None:
        raise key_refused(declaration, held=bool(secrets), target=f"status {status}: {said}")
    words = {400: "did not understand the call", 401: "refused", 403: "refused", 404: "has nothing there"}
    raise SourceError(
        f"the publisher {words.get(status, 'answered in a way nobody expected')} ({status})",
        where=f"{shown}; it says: {said}" if said else shown,
        remedy=_remedy(status, declaration),
    )


def _remedy(status: int, declaration: Declaration) -> str:
    if status == 404:
        return "It may not be published yet, or the address has changed; see `techbalance sources`"
    mark = (
        f" ({', '.join(declaration.unverified)} of this source unverified)" if declaration.unverified else ""
    )
    return f"Compare with {declaration.page}{mark}"


def _passing(response: httpx.Response, status: int, said: str, declaration: Declaration) -> SourceError:
    wait = retry_after(response.headers.get("retry-after", ""))
    longest = declaration.limits.longest_wait_seconds
    what = "asks to slow down" if status == 429 else "is not well"
    text = f"the publisher {what} ({status}{': ' + said if said else ''})"
    if wait is not None and wait > longest:
        later = dt.datetime.now(tz=dt.UTC) + dt.timedelta(seconds=wait)
        return SourceError(
            text, where=declaration.id, remedy=f"It asks to come back after {later:%Y-%m-%d %H:%M} UTC"
        )
    return UnreachableError(text, retry_after=wait, too_large=status == 500 and bool(_TOO_LARGE.search(said)))


def retry_after(value: str) -> float | None:
    """Seconds that a ``Retry-After`` asks for, as seconds or as a date; None if it cannot be read."""
    text = value.strip()
    if re.fullmatch(r"\d{1,9}", text):
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=dt.UTC)
    return max(0.0, (when - dt.datetime.now(tz=dt.UTC)).total_seconds())


def check_form(response: httpx.Response, part: Part, head: bytes, shown: str) -> None:
    """Look at the first bytes: a web page with status 200 is the commonest silent failure.

    Raises
    ------
    SourceError
        The bytes are not of the form the part has.
    """
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    # A web page may begin like XML; where XML is wanted, only what follows tells them apart.
    openings = (b"<!doctype", b"<html", b"<head", *(() if part.form == "xml" else (b"<?xml",)))
    looks_html = start[:256].lower().startswith(openings) or b"<html" in start[:TELLING_BYTES].lower()
    says_html = "text/html" in response.headers.get("content-type", "").lower()
    if part.form == "html":
        if not (looks_html or says_html or start.startswith(b"<")):
            raise _another_form(part, "something that is no web page", shown)
        return
    # Markup of either kind begins alike: there the header is believed.
    as_wanted = part.form != "xml" and start.startswith(_STARTS.get(part.form, (b"\0",)))
    if looks_html or (says_html and not as_wanted):
        title = _TITLE.search(head)
        words = quoted(title[1].decode("utf-8", errors="replace")) if title else ""
        raise _another_form(part, f"a web page{f' ({words})' if words else ''}", shown)
    wanted = _STARTS.get(part.form)
    if wanted is not None and not start.startswith(wanted):
        what = f"bytes that begin with {start[:12]!r}" if start else "an empty body"
        raise _another_form(part, what, shown)
    if part.form in ("csv", "text") and not start:
        raise _another_form(part, "an empty body", shown)


def _another_form(part: Part, what: str, shown: str) -> SourceError:
    return SourceError(
        f"the publisher sent {what} instead of {_NAMES.get(part.form, part.form)}",
        where=shown,
        remedy="Open the address in a browser to see what it says; nothing was stored",
    )


def _words(text: str) -> str:
    return re.sub(r"<[^>]+>", " ", text)


def key_missing(declaration: Declaration) -> KeyRefusedError:
    """The error for a source that asks for a key the user has not given."""
    rule = declaration.credential
    assert rule is not None  # noqa: S101 - narrows the type only
    return KeyRefusedError(
        f"{declaration.id} answers only with a key, and none is set",
        where=rule.variable,
        remedy=f"Get one at {rule.page}, then set {rule.variable} or put it into the configuration file",
    )


def key_refused(declaration: Declaration, *, held: bool, target: str) -> KeyRefusedError:
    """The error for a key that was sent and refused, or asked for and not sent."""
    if not held:
        return key_missing(declaration)
    rule = declaration.credential
    assert rule is not None  # noqa: S101 - narrows the type only
    why = "as missing" if "missing" in target else "as wrong or not yet active"
    return KeyRefusedError(
        f"the publisher refused the key of {declaration.id} {why}",
        where=rule.variable,
        remedy=f"Activate it by the link in the publisher's message, or get another at {rule.page}",
    )
