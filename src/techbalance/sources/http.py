"""How do bytes come from a publisher? Through one client, the only code that touches the network.

It waits its turn, sends the key only where it is safe, tries again only what is transient, takes up a cut
body where it ended, and says of everything else what the publisher answered and what to do.
"""

from __future__ import annotations

import os
import random
import time
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Self
from urllib.parse import urljoin, urlsplit

from techbalance.errors import (
    KeyRefusedError,
    OfflineError,
    QueryTooLargeError,
    SourceError,
    UnreachableError,
)
from techbalance.sources import answers
from techbalance.sources.secrets import KeyFilter, Secret, quoted, redact
from techbalance.sources.transfer import Receipt, Transfer, Validators, Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import httpx

    from techbalance.sources.adapter import Part
    from techbalance.sources.declaration import Declaration

__all__ = ["OFFLINE_VARIABLE", "Client", "Pace", "Receipt", "Validators", "Watch"]

OFFLINE_VARIABLE: Final = "TECHBALANCE_OFFLINE"
# The one value that leaves a door open: a publisher on this machine, for tests and demonstrations.
LOOPBACK_ONLY: Final = "loopback"
LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
REDIRECTS: Final = 5
# A call that can be made smaller is not insisted on: two time-outs say enough.
ATTEMPTS_OF_DIVISIBLE: Final = 2


def refuse_offline(address: str) -> None:
    """Refuse a call before anything is opened, where the network is switched off.

    Raises
    ------
    OfflineError
        ``TECHBALANCE_OFFLINE`` is set; with the value ``loopback``, only for addresses beyond this machine.
    """
    mode = os.environ.get(OFFLINE_VARIABLE, "").strip().lower()
    host = urlsplit(address).hostname
    if mode in ("", "0", "no", "false") or (mode == LOOPBACK_ONLY and host in LOOPBACK):
        return
    raise OfflineError(
        "the network is switched off",
        where=f"{OFFLINE_VARIABLE}={mode}, asked for {redact(address)}",
        remedy=f"Unset {OFFLINE_VARIABLE} to fetch",
    )


class Pace:
    """Lets calls through at a declared rate, evenly, and never faster.

    Parameters
    ----------
    per_second
        Most calls a second.
    clock, sleep
        For tests.
    """

    def __init__(
        self,
        per_second: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.interval = 1 / per_second
        self.clock, self.sleep = clock, sleep
        self._next = float("-inf")

    def wait(self) -> None:
        """Wait until the next call may go out."""
        now = self.clock()
        if now < self._next:
            self.sleep(self._next - now)
            now = max(self.clock(), self._next)
        self._next = now + self.interval


class Client:
    """The client of one source.

    Parameters
    ----------
    declaration
        Its limits and its credential decide how calls are made.
    secret
        The user's key, where one is held.
    pace
        Shared by everything that asks this source.
    """

    def __init__(
        self, declaration: Declaration, *, secret: Secret | None = None, pace: Pace | None = None
    ) -> None:
        self.declaration = declaration
        self.limits = declaration.limits
        self.pace = pace or Pace(self.limits.requests_per_second)
        self._secrets = () if secret is None else (secret,)
        self._filter = KeyFilter(self._secrets)
        self._http: httpx.Client | None = None
        self._hooks: Iterable[Any] = ()

    def __enter__(self) -> Self:
        from stamina import instrumentation

        self._filter.__enter__()
        # By default stamina writes every retry to a log, or to stdout; the user sees progress instead.
        self._hooks = instrumentation.get_on_retry_hooks()
        instrumentation.set_on_retry_hooks([])
        return self

    def __exit__(self, *_: object) -> None:
        from stamina import instrumentation

        if self._http is not None:
            self._http.close()
            self._http = None
        instrumentation.set_on_retry_hooks(self._hooks)
        self._filter.__exit__()

    def download(
        self,
        part: Part,
        sink: BinaryIO,
        *,
        known: Validators | None = None,
        partial: Validators | None = None,
        watch: Watch | None = None,
    ) -> Receipt:
        """Get one part.

        Parameters
        ----------
        part
            What to get.
        sink
            An open binary file for reading and writing. What it holds is the beginning of the part when
            ``partial`` says of which state, and is thrown away otherwise.
        known
            State of the copy already held: an unchanged part is not sent again.
        watch
            Who is told how it goes.

        Returns
        -------
        Receipt
            ``whole`` with the bytes in the sink, ``unchanged``, or ``empty`` for a 204 the part allows.

        Raises
        ------
        OfflineError
            The network is switched off; nothing was opened.
        KeyRefusedError
            The key is missing or refused, or would travel in the clear.
        QueryTooLargeError
            The publisher cannot answer this much at once, and the part can be divided.
        SourceError
            The publisher was not reached, refused, or sent something else than the part.
        """
        refuse_offline(part.address)
        self._check_key(part)
        transfer = Transfer(sink, part, self.limits, partial, watch)
        while True:
            peak = transfer.peak
            try:
                return self._tried(part, transfer, known)
            except UnreachableError as last:
                # Bytes came since the last round: the connection is bad, not the publisher.
                if transfer.peak > peak:
                    continue
                raise self._given_up(part, transfer, last) from None

    def _tried(self, part: Part, transfer: Transfer, known: Validators | None) -> Receipt:
        import stamina

        limits = self.limits
        few = part.divisible and limits.attempts > ATTEMPTS_OF_DIVISIBLE
        for attempt in stamina.retry_context(
            on=self._pause,
            attempts=ATTEMPTS_OF_DIVISIBLE if few else limits.attempts,
            timeout=None,
            wait_initial=limits.wait_seconds,
            wait_max=limits.longest_wait_seconds,
            wait_jitter=limits.wait_seconds,
        ):
            with attempt:
                transfer.requests += 1
                return self._attempt(part, transfer, known)
        raise self._refused(part, "no attempt was made")  # stamina makes at least one

    def _pause(self, wrong: Exception) -> bool | float:
        """Whether to try again, and after how long where the publisher said so."""
        if not isinstance(wrong, UnreachableError):
            return False
        if wrong.retry_after is None:
            return True
        # A little later than asked, so that many clients do not come back in the same instant.
        return wrong.retry_after + random.uniform(0, self.limits.wait_seconds)  # noqa: S311 - no secret

    def _attempt(self, part: Part, transfer: Transfer, known: Validators | None) -> Receipt:
        import httpx

        try:
            return self._exchange(part, transfer, known)
        except httpx.TimeoutException as wrong:
            kind = "did not answer in time" if isinstance(wrong, httpx.ConnectTimeout) else "stalled"
            raise UnreachableError(f"the publisher {kind}", timed_out=True) from None
        except httpx.ConnectError as wrong:
            text = quoted(str(wrong), self._secrets)
            if "certificate" in text.lower():
                raise self._refused(part, f"the publisher's certificate was not accepted: {text}") from None
            raise UnreachableError(f"the publisher could not be reached: {text}") from None
        except (httpx.NetworkError, httpx.RemoteProtocolError, httpx.ProxyError) as wrong:
            transfer.interruptions += 1
            raise UnreachableError(f"the connection was cut: {quoted(str(wrong), self._secrets)}") from None
        except (httpx.HTTPError, httpx.InvalidURL) as wrong:
            text = quoted(str(wrong), self._secrets)
            raise self._refused(part, f"the call failed: {text}") from None

    def _exchange(self, part: Part, transfer: Transfer, known: Validators | None) -> Receipt:
        """One call with its redirects; the body goes to the sink."""
        address, keyed = self._address(part), part.keyed
        for _ in range(REDIRECTS + 1):
            refuse_offline(address)
            self.pace.wait()
            headers = self._headers(part, keyed=keyed) | transfer.headers(known)
            with self._client().stream(part.method, address, headers=headers, content=part.body) as response:
                if answers.is_redirect(response):
                    target = urljoin(address, response.headers["location"])
                    self._check_redirect(part, response, address, target)
                    if _origin(target) != _origin(address):
                        keyed = False
                    address = target
                    continue
                verdict = answers.judge(response, part, self.declaration, self._secrets, self._says)
                if verdict == "body":
                    return transfer.take(response, self._shown(part))
                return transfer.without_body(verdict, response)
        raise self._refused(part, f"the publisher redirected more than {REDIRECTS} times")

    # --- keys ---------------------------------------------------------------------------------------------

    def _check_key(self, part: Part) -> None:
        rule = self.declaration.credential
        if not part.keyed or rule is None:
            return
        if not self._secrets:
            if rule.needed:
                raise answers.key_missing(self.declaration)
            return
        parts = urlsplit(part.address)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise KeyRefusedError(
                "a key is not sent over a connection that others can read",
                where=redact(part.address, self._secrets),
                remedy="Use an https address",
            )

    def _address(self, part: Part) -> str:
        rule = self.declaration.credential
        if not (part.keyed and self._secrets and rule is not None and rule.sent_in == "query"):
            return part.url
        from urllib.parse import quote

        between = "&" if part.query else "?"
        return f"{part.url}{between}{rule.field}={quote(self._secrets[0].reveal(), safe='')}"

    def _headers(self, part: Part, *, keyed: bool) -> dict[str, str]:
        from importlib.metadata import version

        headers = {"User-Agent": f"techbalance/{version('techbalance')}", "Accept-Encoding": "identity"}
        headers |= dict(part.headers)
        rule = self.declaration.credential
        if keyed and self._secrets and rule is not None and rule.sent_in == "header":
            headers[rule.field] = rule.prefix + self._secrets[0].reveal()
        return headers

    # --- what went wrong ----------------------------------------------------------------------------------

    def _check_redirect(self, part: Part, response: httpx.Response, address: str, target: str) -> None:
        rule = self.declaration.credential
        told = "x-datawebapi-keyerror" in response.headers
        if rule is not None and (told or any(page in target for page in rule.refused_pages)):
            raise answers.key_refused(self.declaration, held=bool(self._secrets), target=target)
        if urlsplit(address).scheme == "https" and urlsplit(target).scheme != "https":
            raise self._refused(part, "the publisher redirects to an address that others can read along")
        if part.method != "GET":
            raise self._refused(part, "the publisher redirects a call that is not repeated elsewhere")

    def _says(self, response: httpx.Response) -> str:
        """The beginning of what an error answer says."""
        said = b""
        for chunk in response.iter_bytes():
            said += chunk
            if len(said) > 4096:
                break
        return said[:4096].decode("utf-8", errors="replace")

    def _shown(self, part: Part) -> str:
        return f"{self.declaration.id}, {redact(part.url, self._secrets)}"

    def _refused(self, part: Part, what: str) -> SourceError:
        return SourceError(
            what, where=self._shown(part), remedy="Look at `techbalance sources` for the address"
        )

    def _given_up(self, part: Part, transfer: Transfer, last: UnreachableError) -> SourceError:
        if part.divisible and (last.timed_out or last.too_large):
            return QueryTooLargeError(
                "the publisher cannot answer this call", where=self._shown(part), remedy=last.what
            )
        times = "once" if transfer.requests == 1 else f"{transfer.requests} times"
        remedy = last.remedy or "Try again later; what was received is kept and taken up where it ended"
        return UnreachableError(f"{last.what}, asked {times}", where=self._shown(part), remedy=remedy)

    def _client(self) -> httpx.Client:
        if self._http is None:
            import httpx

            limits = self.limits
            self._http = httpx.Client(
                timeout=httpx.Timeout(limits.read_seconds, connect=limits.connect_seconds),
                follow_redirects=False,
                # A proxy is another machine: with loopback only, none is asked.
                trust_env=os.environ.get(OFFLINE_VARIABLE, "").strip().lower() != LOOPBACK_ONLY,
            )
        return self._http


def _origin(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port
