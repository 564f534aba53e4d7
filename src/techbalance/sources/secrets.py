"""How does a key stay unseen? It is wrapped, and every text that leaves is read through ``redact``."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, quote_plus

from techbalance.errors import KeyRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techbalance.sources.declaration import Declaration

HIDDEN: Final = "[key]"
# Names under which publishers take keys: hidden even where the value is not one of ours.
_NAMED: Final = re.compile(
    r"((?:^|[?&;\s\"'])(?:api[-_]?key|key|subscription-key|token|access_token)=)[^&;\s\"'<>]+", re.IGNORECASE
)
_BEARER: Final = re.compile(r"(bearer\s+)[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
# The libraries that write addresses into their logs, each by its own logger.
_LOGGERS: Final = (
    "httpx",
    "httpcore",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
)


class Secret:
    """A key: it shows itself to nobody but the client, which asks for it by name."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The key itself, for the call that needs it."""
        return self._value

    def __repr__(self) -> str:
        return HIDDEN

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise ValueError("a key is not written down")


def checked(value: str, declaration: Declaration, *, where: str) -> Secret:
    """Wrap a key after looking at its shape; the message never holds any of it.

    Raises
    ------
    KeyRefusedError
        The key has another shape than the publisher's keys have.
    """
    rule = declaration.credential
    text = value.strip()
    if rule is None or re.fullmatch(rule.shape, text):
        return Secret(text)
    raise KeyRefusedError(
        f"the key of {declaration.id} has the wrong shape: {len(text)} characters, not {rule.shape_words}",
        where=where,
        remedy=f"Copy it again from the publisher's message, or get one at {rule.page}",
    )


def redact(text: str, secrets: Iterable[Secret] = ()) -> str:
    """Hide keys in a text: ours wherever they stand, and anybody's where a query or header names them."""
    for secret in secrets:
        value = secret.reveal()
        for form in {value, quote(value, safe=""), quote_plus(value)}:
            if form:
                text = text.replace(form, HIDDEN)
    return _BEARER.sub(rf"\g<1>{HIDDEN}", _NAMED.sub(rf"\g<1>{HIDDEN}", text))


def quoted(text: str, secrets: Iterable[Secret] = (), *, longest: int = 200) -> str:
    """Make a publisher's text fit to be shown: one line, no control characters, no key, not long."""
    line = " ".join(_CONTROL.sub(" ", redact(text, secrets)).split())
    return line if len(line) <= longest else f"{line[:longest]}..."


class KeyFilter(logging.Filter):
    """Takes keys out of what the network libraries log."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        super().__init__()
        self.secrets = tuple(secrets)

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record's message; every record passes."""
        record.msg = redact(record.getMessage(), self.secrets)
        record.args = None
        return True

    def __enter__(self) -> KeyFilter:
        for name in _LOGGERS:
            logging.getLogger(name).addFilter(self)
        return self

    def __exit__(self, *_: object) -> None:
        for name in _LOGGERS:
            logging.getLogger(name).removeFilter(self)
