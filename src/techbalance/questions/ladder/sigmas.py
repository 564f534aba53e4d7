"""Which elasticity of substitution has each product? One source, by its own steps; none is invented."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from techbalance.errors import ParameterError
from techbalance.models.elasticities import match_elasticities
from techbalance.questions.elasticities import named_estimates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.store.catalogue import Store


def sigmas(store: Store, products: Sequence[str], given: str) -> tuple[pa.Table, str]:
    """Elasticities of products from one source.

    Returns
    -------
    pyarrow.Table, str
        ``product``, ``sigma`` (null where neither the code nor a heading has one), and whose they are.

    Raises
    ------
    ParameterError
        Several sources are named: a quality has one elasticity.
    UnknownCodeError, NotCoveredError, SchemaError
        As for any elasticities.
    """
    found = named_estimates(store, given)
    if len(found) != 1:
        raise ParameterError("quality takes one source of elasticities", where=f"given {given}")
    (estimates,) = found
    matched = match_elasticities(products, estimates.source, average=estimates.average)
    values = [None if np.ma.is_masked(one) else float(one) for one in matched.sigma]
    rows = {"product": pa.array(products, pa.string()), "sigma": pa.array(values, pa.float64())}
    return pa.table(rows), f"Elasticities: {estimates.citation}."
