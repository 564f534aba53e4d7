"""Which figures does an SDMX message hold? Read by sdmx1 from bytes; no connection and no file is opened."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING

from techbalance.errors import SchemaError, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sdmx.model.common import BaseObservation
    from sdmx.model.v21 import DataSet


@dataclass(frozen=True)
class Figure:
    """One observation.

    Parameters
    ----------
    key
        Code of every dimension, the period among them.
    value
        As the publisher wrote it; None where it wrote none.
    attributes
        Of the observation, its series, its groups and its data set; what is nearer goes before.
    """

    key: Mapping[str, str]
    value: str | None
    attributes: Mapping[str, str]

    @property
    def place(self) -> str:
        """Its dimensions, for messages."""
        return ".".join(f"{name}={code}" for name, code in self.key.items())


def figures(body: bytes, where: str) -> Iterator[Figure]:
    """Read the figures of a message, in its order.

    Parameters
    ----------
    body
        A message of generic data, SDMX-ML 2.1.
    where
        Name of the part, for messages.

    Raises
    ------
    SchemaError
        The bytes are no such message, or it holds no figure.
    """
    found = False
    for held in _data_sets(body, where):
        common = {name: str(one.value) for name, one in held.attrib.items()}
        for one in held.obs:
            found = True
            near = {name: str(mark.value) for name, mark in one.attrib.items()}
            value = None if one.value is None else str(one.value)
            yield Figure(_codes(one), value, common | near)
    if not found:
        raise SchemaError(
            "the data set is empty",
            where=where,
            remedy="Nothing was stored; ask for other years, or compare with the publisher's page",
        )


def _codes(observation: BaseObservation) -> dict[str, str]:
    # An observation without its own dimension has only the key of its series; what is missing shows there.
    held: dict[str, str] = {}
    for key in (observation.series_key, observation.dimension):
        if key is not None:
            held |= {name: str(one.value) for name, one in key.values.items()}
    return held


def _data_sets(body: bytes, where: str) -> Sequence[DataSet]:
    import sdmx
    from sdmx.message import DataMessage

    try:
        # Of what it cannot read sdmx1 prints an account, and standard output is for answers.
        with redirect_stdout(io.StringIO()):
            message = sdmx.read_sdmx(io.BytesIO(body))
    except Exception as wrong:  # its readers raise whatever the bytes break
        said = " ".join(str(wrong).split()) or type(wrong).__name__
        raise SchemaError(
            "the answer is no SDMX message", where=f"{where}: {shortened(said)}", remedy="Fetch again"
        ) from wrong
    if not isinstance(message, DataMessage):
        raise SchemaError(
            "the answer is an SDMX message without data", where=f"{where}: {type(message).__name__}"
        )
    return message.data
