"""What does every publisher's adapter do? It says what to get, and makes typed rows of what came.

An adapter opens no path and no connection: it names parts, is handed bytes, and gives Arrow tables back.
Getting a part is the work of the one client, ``techbalance.sources.http``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO, Literal, Protocol
from urllib.parse import urlencode

from techbalance.errors import CheckError, NotCoveredError, UnknownCodeError
from techbalance.sources.declaration import ROOMS, Declaration, declared

if TYPE_CHECKING:
    import pyarrow as pa

# What the bytes of a part must look like before anybody parses them.
Form = Literal["json", "xml", "xlsx", "xls", "xlsb", "zip", "html", "csv", "text", "pdf"]


@dataclass(frozen=True)
class Request:
    """What a user asks of a source.

    Parameters
    ----------
    first, last
        Months (``2013-01``) or years (``2013``) asked for, both included; None where the user gave none.
    today
        The day on which the question is asked, so that a plan can be tested.
    options
        Further wishes by name (``flow``, ``level``, ``product``); an adapter refuses those it does not take.
    """

    first: str | None = None
    last: str | None = None
    today: dt.date = field(default_factory=lambda: dt.datetime.now(tz=dt.UTC).date())
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """One thing to get with one call.

    Parameters
    ----------
    name
        Unique within its source and the same every time, so that a later run knows it again.
    address, query
        Where it is, without any key. A name may repeat in the query.
    form
        What its bytes must look like.
    method, body, headers
        Of the call; nothing secret may stand in them.
    keyed
        Whether the key of the declaration goes with the call.
    batch
        Parts of one batch are stored in one step, all or none; by itself when empty.
    empty_is_data
        Whether an empty answer (status 204) means that there is nothing, rather than that something is wrong.
    divisible
        Whether ``divide`` of the adapter can make smaller calls of it.
    leads
        Whether other parts follow from it: it is always asked for, also where its bytes are known.
    about_bytes
        How large it will be, as far as the declaration says.
    facts
        What ``parse`` needs to know about it: flow, year, page.
    """

    name: str
    address: str
    form: Form
    query: tuple[tuple[str, str], ...] = ()
    method: Literal["GET", "POST"] = "GET"
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()
    keyed: bool = False
    batch: str = ""
    empty_is_data: bool = False
    divisible: bool = False
    leads: bool = False
    about_bytes: int | None = None
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Address and query in one line, without any key."""
        return f"{self.address}?{urlencode(self.query, safe='*:,;')}" if self.query else self.address


@dataclass(frozen=True)
class Delivered:
    """One part, as it came.

    Parameters
    ----------
    part
        What was asked for.
    file
        Its bytes, at the beginning; empty where the publisher said that there are no data.
    retrieved
        When it was retrieved.
    published
        The publisher's own date of it, where one was sent.
    source_id
        Id under which its rows are stored.
    """

    part: Part
    file: BinaryIO
    retrieved: dt.datetime
    published: dt.datetime | None = None
    source_id: str = ""

    @property
    def vintage(self) -> dt.date:
        """The day on which the figures were current: the publisher's date, or the day of retrieval."""
        return (self.published or self.retrieved).date()


@dataclass(frozen=True)
class Parsed:
    """Typed rows of one part.

    Parameters
    ----------
    tables
        Rows by name of the store's table, with its columns (DESIGN, "Tables"). ``vintage`` and ``source_id``
        may be left out: the store adds them. A source whose parts are several prints gives its own.
    notes
        What a reader must know: months not yet published, a new column that was left unread.
    vintage
        The publisher's date where the bytes state it; else that of ``Delivered`` holds.
    """

    tables: Mapping[str, pa.Table]
    notes: tuple[str, ...] = ()
    vintage: dt.date | None = None


class Adapter(Protocol):
    """One publisher's oddities.

    ``id`` is that of the declaration. ``options`` are the further wishes it understands. Files of a source
    that ``hands_over`` go to ``ingest`` as they are and are never parsed here.
    """

    id: str
    options: frozenset[str]
    hands_over: bool

    def locate(self, request: Request, declaration: Declaration) -> Sequence[Part]:
        """Say what to get, in the order in which to get it.

        Raises
        ------
        ParameterError
            The request is malformed, or asks what the source cannot do.
        NotCoveredError
            The source holds nothing of what is asked.
        """

    def follow(self, delivered: Delivered) -> Sequence[Part]:
        """Say what else must be got, now that a part is there: the further pages of an answer."""

    def divide(self, part: Part) -> Sequence[Part]:
        """Make smaller calls of one that was too large; empty where it cannot be divided further."""

    def parse(self, delivered: Delivered) -> Parsed:
        """Make typed rows of a part.

        Raises
        ------
        SourceError
            The publisher answered with a refusal in the form of data.
        SchemaError
            The bytes are not what the declaration says; the message names row, column and value.
        CheckError
            The figures contradict each other.
        """


class Whole:
    """Base of adapters whose parts come whole: nothing follows from one, and none is divided."""

    def follow(self, delivered: Delivered) -> Sequence[Part]:
        """Nothing follows."""
        del delivered
        return ()

    def divide(self, part: Part) -> Sequence[Part]:
        """A part is asked for at once."""
        del part
        return ()


class HandedOver(Whole):
    """Base of adapters whose files go to ``ingest`` as they came."""

    hands_over = True

    def parse(self, delivered: Delivered) -> Parsed:
        """Nothing is parsed here.

        Raises
        ------
        CheckError
            Always: ``hands_over`` says so.
        """
        raise CheckError("the file is handed to ingest", where=delivered.part.name)


@cache
def rooms() -> Mapping[str, str]:
    """Room of every source, by its id."""
    return MappingProxyType({one.id: room for one, room in zip(declared(), ROOMS, strict=True)})


def adapter_of(source: str) -> Adapter:
    """Find the adapter of a source.

    Raises
    ------
    UnknownCodeError
        No source has this id.
    NotCoveredError
        The source is declared, and there is nothing to fetch: its files are the user's own.
    """
    if source not in rooms():
        raise UnknownCodeError.among("source", source, rooms())
    module = f"techbalance.sources.{rooms()[source]}.adapter"
    if find_spec(module) is None:
        raise NotCoveredError(
            f"nothing of {source} can be fetched",
            remedy="Hand its files to `techbalance ingest`, or see `techbalance sources`",
        )
    adapter: Adapter = import_module(module).ADAPTER
    return adapter
