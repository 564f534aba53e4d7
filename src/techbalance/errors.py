"""Which errors can techbalance raise, and how does a program that calls it tell them apart?

The tree::

    TechbalanceError                 exit  what happened
    ├── QuestionError                 2    the question cannot be put like this
    │   ├── ParameterError            2    a parameter is malformed or contradicts another
    │   ├── UnknownCodeError          2    a partner, group, product or list nobody knows (also a LookupError)
    │   ├── FlowNeededError           2    only one flow is held and none was chosen
    │   ├── TooMuchError              2    more rows, or more time, than a server gives to one question
    │   └── BusyError                 2    more questions wait for a server than it keeps
    ├── NotCoveredError               5    the record holds nothing that answers the question
    ├── DataError                     3    data handed in, or stored, are wrong
    │   ├── SchemaError               3    a file or table lacks a field, or a field has the wrong form
    │   │   └── RecordError           3    a record of a fixed-width file is wrong
    │   ├── CheckError                3    figures contradict each other
    │   ├── LicenceError              3    a source whose licence does not allow shipping
    │   └── ModelInputError           3    a model was given arrays or parameters it cannot take
    ├── SourceError                   4    a publisher could not be reached, or refused
    │   ├── OfflineError              4    the network is switched off
    │   ├── KeyRefusedError           4    a key is missing, misshapen or refused
    │   ├── QueryTooLargeError        4    a publisher cannot answer that much in one call
    │   ├── UnreachableError          4    a publisher did not answer, or not to the end; it may pass
    │   └── SnapshotError             4    stored bytes are missing or not what their record says
    ├── ConvergenceError              3    a model did not reach its tolerance
    └── StoreError                    3    the store cannot be opened or written

Every error carries ``what``, ``where`` and ``remedy``; its text is the three of them in that order.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_SHOWN: Final = 60


def shortened(given: object) -> str:
    """Quote what was given, cut where it is too long to read in a message."""
    text = repr(given)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


class TechbalanceError(Exception):
    """Base of every error the package raises on purpose.

    Parameters
    ----------
    what
        What is wrong, as one clause.
    where
        File, line, field and value; or table and period. Empty when the call itself says it.
    remedy
        What to do next.
    """

    exit_code: ClassVar[int] = 3

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        super().__init__(what, where, remedy)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel between processes with every fact, whatever the constructor of a leaf takes."""
        return _rebuilt, (type(self), self.args, self.__dict__)

    def __str__(self) -> str:
        text = self.what
        if self.where:
            text += f" ({self.where})"
        if self.remedy:
            text += f". {self.remedy}"
        return text if text.endswith((".", "?", "!")) else text + "."


def _rebuilt(kind: type[TechbalanceError], said: tuple[str, ...], facts: dict[str, Any]) -> TechbalanceError:
    """Make an error again in another process, as it was raised in this one."""
    error = kind.__new__(kind, *said)
    error.__dict__.update(facts)
    return error


class QuestionError(TechbalanceError):
    """The question cannot be put like this."""

    exit_code = 2


class ParameterError(QuestionError):
    """A parameter is malformed, unknown, or contradicts another."""


class UnknownCodeError(QuestionError, LookupError):
    """A code or name that no list holds."""

    @classmethod
    def among(cls, kind: str, given: str, known: Iterable[str], *, show: int = 3) -> UnknownCodeError:
        """Make the error for ``given``, with the nearest known names as the remedy.

        Parameters
        ----------
        kind
            What was looked up, for example ``partner``.
        given
            The text the user gave.
        known
            All names and codes that would have been accepted.
        show
            How many near misses to name at most.
        """
        names = {name.casefold(): name for name in known}
        near = [names[hit] for hit in get_close_matches(given.casefold(), names, n=show, cutoff=0.6)]
        remedy = f"Did you mean {' or '.join(repr(name) for name in near)}?" if near else ""
        if not remedy and len(names) <= 20:
            remedy = f"Known: {', '.join(sorted(names.values()))}"
        return cls(f"unknown {kind} {shortened(given)}", remedy=remedy)


class FlowNeededError(QuestionError):
    """Only one flow is held for what was asked, and the question did not choose it."""


class TooMuchError(QuestionError):
    """An answer with more rows, or that takes longer, than a server gives to one question."""


class BusyError(QuestionError):
    """More questions are waiting for a server than it keeps."""


class NotCoveredError(TechbalanceError):
    """The record holds nothing that answers the question."""

    exit_code = 5


class DataError(TechbalanceError):
    """Data handed in, or stored, are wrong."""


class SchemaError(DataError):
    """A file or table lacks a field, has one too many, or a value of the wrong form."""


class RecordPlace(NamedTuple):
    """Where something stands in a fixed-width file; bytes and records count from 1, as layouts print them.

    ``byte`` and ``last_byte`` are positions in the record, ``offset`` that of ``byte`` in the whole member.
    """

    member: str
    record: int
    byte: int
    last_byte: int
    offset: int
    field: str
    value: str

    def __str__(self) -> str:
        span = f"byte {self.byte}" if self.last_byte == self.byte else f"bytes {self.byte}-{self.last_byte}"
        named = f", field {self.field}" if self.field else ""
        return (
            f"{self.member}, record {self.record:,}, {span} (byte {self.offset:,} of the member){named}, "
            f"value {shortened(self.value)}"
        )


class RecordError(SchemaError):
    """A record of a fixed-width file is wrong.

    Parameters
    ----------
    what
        What is wrong with it.
    at
        Member, record, position, field and value; kept as ``at``.
    """

    def __init__(self, what: str, at: RecordPlace, *, remedy: str = "Fetch the file again") -> None:
        self.at = at
        super().__init__(what, where=str(at), remedy=remedy)


class CheckError(DataError):
    """Figures contradict each other."""


class LicenceError(DataError):
    """A source whose licence does not allow its figures to ship with the package."""


class ModelInputError(DataError):
    """A model was given arrays or parameters it cannot take."""


class SourceError(TechbalanceError):
    """A publisher could not be reached, or refused."""

    exit_code = 4


class OfflineError(SourceError):
    """The network is switched off (``TECHBALANCE_OFFLINE=1``) and the call would have used it."""


class KeyRefusedError(SourceError):
    """A publisher's key is missing, has the wrong shape, or was refused."""


class QueryTooLargeError(SourceError):
    """A publisher cannot answer as much as was asked in one call."""


class UnreachableError(SourceError):
    """A publisher did not answer, or not to the end; it may pass.

    Parameters
    ----------
    retry_after
        Seconds the publisher asks to wait; None where it asks for nothing.
    timed_out, too_large
        Whether the publisher may be unable to answer as much as was asked.
    """

    def __init__(  # noqa: PLR0913 - the three parts of every message, and the facts
        self,
        what: str,
        *,
        where: str = "",
        remedy: str = "",
        retry_after: float | None = None,
        timed_out: bool = False,
        too_large: bool = False,
    ) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.retry_after = retry_after
        self.timed_out = timed_out
        self.too_large = too_large


class SnapshotError(SourceError):
    """Stored bytes are missing, or are not what their record says."""


class ConvergenceError(TechbalanceError):
    """A model did not reach its tolerance.

    Parameters
    ----------
    residual
        Size of the largest unmet condition when the solver stopped.
    iterations
        Steps taken.
    """

    def __init__(
        self, what: str, *, residual: float, iterations: int, where: str = "", remedy: str = ""
    ) -> None:
        super().__init__(
            f"{what}: residual {residual:.3g} after {iterations} steps", where=where, remedy=remedy
        )
        self.residual = residual
        self.iterations = iterations


class StoreError(TechbalanceError):
    """The store cannot be opened or written."""
