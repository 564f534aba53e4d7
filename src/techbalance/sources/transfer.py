"""How does a body come whole, although connections end? Counted, hashed, and taken up where cut."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, BinaryIO, Final, Literal

from techbalance.errors import SourceError, UnreachableError
from techbalance.sources import answers

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from techbalance.sources.adapter import Part
    from techbalance.sources.declaration import Limits

CHUNK: Final = 1 << 20
# A connection that brings less than this within the declared time-out is as good as dead.
LEAST_BYTES: Final = 256
_RANGE: Final = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


@dataclass(frozen=True)
class Validators:
    """By which a publisher knows a state of its file again."""

    etag: str = ""
    last_modified: str = ""

    def __bool__(self) -> bool:
        return bool(self.etag or self.last_modified)

    @classmethod
    def of(cls, response: httpx.Response) -> Validators:
        """Read the validators of an answer."""
        return cls(response.headers.get("etag", ""), response.headers.get("last-modified", ""))

    @property
    def for_range(self) -> str:
        """What a range may be asked on: a strong entity tag, else a date; nothing on a weak tag alone."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified

    @property
    def published(self) -> dt.datetime | None:
        """The publisher's date, where it can be read."""
        try:
            return parsedate_to_datetime(self.last_modified)
        except (TypeError, ValueError):
            return None


@dataclass(frozen=True)
class Receipt:
    """How a part came.

    Parameters
    ----------
    outcome
        ``whole``, ``unchanged`` (the copy held is current) or ``empty`` (the publisher has no data).
    bytes, sha256
        Of the part.
    received
        Bytes of bodies that came over the line, more than ``bytes`` where something came twice.
    requests, interruptions, restarts
        Calls made, bodies cut, and times it was begun anew because it could not be taken up.
    validators, retrieved, content_type
        As the publisher said them, and when.
    """

    outcome: Literal["whole", "unchanged", "empty"]
    bytes: int
    sha256: str
    received: int
    requests: int
    interruptions: int
    restarts: int
    validators: Validators
    retrieved: dt.datetime
    content_type: str = ""


def _unheard(*_: object) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Watch:
    """Who is told how a part comes.

    Parameters
    ----------
    began
        Told the state of the file whose first byte is about to be written, so that a later run can go on.
    arrived
        Told bytes so far, and bytes in all where the publisher said.
    """

    began: Callable[[Validators], None] = _unheard
    arrived: Callable[[int, int | None], None] = _unheard


class Transfer:
    """One part on its way into a sink, over as many calls as it takes.

    Parameters
    ----------
    sink
        Where the bytes go; holds the beginning already when ``partial`` is given.
    part, limits
        What is got, and how much of it is let in.
    partial
        State of the file that the beginning in the sink belongs to.
    watch
        Who is told how it goes.
    """

    def __init__(
        self,
        sink: BinaryIO,
        part: Part,
        limits: Limits,
        partial: Validators | None = None,
        watch: Watch | None = None,
    ) -> None:
        self.sink, self.part, self.limits, self.watch = sink, part, limits, watch or Watch()
        self.requests = self.interruptions = self.restarts = self.received = 0
        self.digest = hashlib.sha256()
        self.offset = 0
        self.validators = Validators()
        if partial and partial.for_range:
            self._take_up(partial)
        else:
            self._rewind()
        self.peak = self.offset

    def _take_up(self, partial: Validators) -> None:
        self.sink.seek(0)
        while chunk := self.sink.read(CHUNK):
            self.digest.update(chunk)
            self.offset += len(chunk)
        self.validators = partial

    def _rewind(self) -> None:
        self.sink.seek(0)
        self.sink.truncate()
        self.digest = hashlib.sha256()
        self.offset = 0
        self.validators = Validators()

    def restart(self) -> None:
        """Throw away what came: it cannot be taken up."""
        if self.offset:
            self.restarts += 1
        self._rewind()

    def headers(self, known: Validators | None) -> dict[str, str]:
        """What the next call must say: the rest of this state, or only if it changed."""
        if self.offset and not self.validators.for_range:
            self.restart()
        if self.offset:
            return {"Range": f"bytes={self.offset}-", "If-Range": self.validators.for_range}
        asked = {}
        if known and known.etag:
            asked["If-None-Match"] = known.etag
        if known and known.last_modified:
            asked["If-Modified-Since"] = known.last_modified
        return asked

    def take(self, response: httpx.Response, shown: str) -> Receipt:
        """Write a body to the sink, from where the answer says that it begins.

        Raises
        ------
        UnreachableError
            It ended early.
        SourceError
            It is not what was asked for, or larger than anything declared.
        """
        whole = self._begin(response)
        encoded = response.headers.get("content-encoding", "identity") not in ("", "identity")
        judged = response.status_code == 206
        head = b""
        started, window = time.monotonic(), 0
        # As it comes: pieces that wait to be filled up would be lost with the connection.
        stream = response.iter_bytes() if encoded else response.iter_raw()
        for chunk in stream:
            if not judged:
                # The first bytes tell what it is; they may come in small pieces.
                head += chunk
                if len(head) < answers.TELLING_BYTES:
                    continue
                chunk, judged = head, True  # noqa: PLW2901 - the pieces held back go in with this one
                answers.check_form(response, self.part, head, shown)
            self._write(chunk, shown)
            self.watch.arrived(self.offset, whole)
            window += len(chunk)
            if time.monotonic() - started > self.limits.read_seconds:
                if window < LEAST_BYTES:
                    raise UnreachableError("the publisher stalled", timed_out=True)
                started, window = time.monotonic(), 0
        if not judged:
            answers.check_form(response, self.part, head, shown)
            self._write(head, shown)
        if whole is not None and self.offset != whole:
            self.interruptions += 1
            raise UnreachableError(f"the body ended after {self.offset:,} of {whole:,} bytes")
        return self._receipt("whole", response)

    def _begin(self, response: httpx.Response) -> int | None:
        """Place the sink where this body begins, and say how long the whole will be."""
        length = response.headers.get("content-length", "")
        encoded = response.headers.get("content-encoding", "identity") not in ("", "identity")
        if response.status_code == 206:
            match = _RANGE.fullmatch(response.headers.get("content-range", "").strip())
            state = Validators.of(response)
            same = not state.etag or not self.validators.etag or state.etag == self.validators.etag
            if match is None or int(match[1]) != self.offset or not same or encoded:
                # A piece of something else: nothing of it may be joined to what is held.
                self.restart()
                raise UnreachableError("the publisher sent another piece than was asked for")
            self.sink.seek(self.offset)
            return int(match[3]) if match[3] != "*" else None
        self.restart()
        self.validators = Validators.of(response) if not encoded else Validators()
        self.watch.began(self.validators)
        return int(length) if length.isdigit() and not encoded else None

    def _write(self, chunk: bytes, shown: str) -> None:
        if self.offset + len(chunk) > self.limits.largest_bytes:
            raise SourceError(
                f"the publisher sent more than {self.limits.largest_bytes:,} bytes",
                where=shown,
                remedy="No publication of this source is so large; see its address in `techbalance sources`",
            )
        self.sink.write(chunk)
        self.digest.update(chunk)
        self.offset += len(chunk)
        self.received += len(chunk)
        self.peak = max(self.peak, self.offset)

    def without_body(
        self, verdict: Literal["unchanged", "empty", "beyond"], response: httpx.Response
    ) -> Receipt:
        """Close a call that brought no body.

        Raises
        ------
        UnreachableError
            The rest that was asked for is not there any more: the next call begins anew.
        """
        if verdict == "beyond":
            self.restart()
            raise UnreachableError("the publisher's file became shorter than what is held of it")
        self._rewind()
        return self._receipt(verdict, response)

    def _receipt(self, outcome: Literal["whole", "unchanged", "empty"], response: httpx.Response) -> Receipt:
        self.sink.flush()
        if outcome == "whole" and hasattr(self.sink, "fileno"):
            # A buffer in memory has nothing to be made durable.
            with suppress(OSError, ValueError):
                os.fsync(self.sink.fileno())
        state = self.validators if outcome == "whole" and self.validators else Validators.of(response)
        return Receipt(
            outcome=outcome,
            bytes=self.offset,
            sha256=self.digest.hexdigest(),
            received=self.received,
            requests=self.requests,
            interruptions=self.interruptions,
            restarts=self.restarts,
            validators=state,
            retrieved=dt.datetime.now(tz=dt.UTC).replace(microsecond=0),
            content_type=response.headers.get("content-type", ""),
        )
