"""What is lost when suppliers fail, and what can others make good? METHODS D6 (a) and (b).

The calculation is mechanical: today's flows, a declared share of them gone, and a declared capacity of the
suppliers that remain. Capacity is an assumption; it comes as a range and travels with the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from techbalance.errors import ModelInputError, ParameterError, UnknownCodeError
from techbalance.models.validation import (
    FloatArray,
    IntArray,
    frozen,
    numbers,
    refuse_where,
    undefined_where,
    unique_labels,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import ArrayLike

    from techbalance.models.elasticities import MaskedFloats

# Share of their exports by which the remaining suppliers are assumed to be able to sell more: low and high.
CAPACITY_RANGE: Final = (0.05, 0.5)

CapacityBasis = Literal["exports to us", "exports to the world"]


@dataclass(frozen=True)
class SupplierFlows:
    """Who sells us how much of what, and how much they sell in all.

    Parameters
    ----------
    products, suppliers
        Labels, each once.
    imports_usd
        One row per product, one column per supplier: USD >= 0 (general imports, or imports for consumption).
    world_exports_usd
        Exports of each product by each supplier to the world, USD >= 0, in the same shape. Without them what
        a supplier could add is a share of what it sells to us.

    Raises
    ------
    ModelInputError
        A flow is below zero or not finite, a label is there twice, or shapes do not fit.
    """

    products: tuple[str, ...]
    suppliers: tuple[str, ...]
    imports_usd: FloatArray
    world_exports_usd: FloatArray | None = None

    def __post_init__(self) -> None:
        axes = unique_labels("products", self.products), unique_labels("suppliers", self.suppliers)
        for name in ("imports_usd", "world_exports_usd"):
            if getattr(self, name) is not None:
                flows = numbers(name, getattr(self, name), axes)
                refuse_where(flows < 0, name, "must be 0 or more", axes, values=flows)
                object.__setattr__(self, name, flows)

    @property
    def capacity_base(self) -> FloatArray:
        """The exports of which a supplier can add a share."""
        return self.imports_usd if self.world_exports_usd is None else self.world_exports_usd

    @property
    def capacity_basis(self) -> CapacityBasis:
        """What these exports are."""
        return "exports to us" if self.world_exports_usd is None else "exports to the world"


@dataclass(frozen=True)
class SupplierLoss:
    """What is lost, recovered and short, by product.

    Parameters
    ----------
    products, suppliers
        Labels of the rows and columns of the imports.
    removed
        Share of each supplier's deliveries that is gone, in [0, 1].
    capacity
        The assumed capacities, shares of the exports named by ``capacity_basis``.
    capacity_basis
        Whose exports the capacity is a share of.
    imports_usd
        Imports of each product before the loss, USD.
    lost_share
        Loss over imports, in [0, 1]; masked where nothing is imported (``no_trade``).
    loss_usd
        Lost deliveries by product, USD >= 0.
    recovered_usd, shortfall_usd
        One row per capacity, one column per product, USD >= 0; together the loss.
    """

    products: tuple[str, ...]
    suppliers: tuple[str, ...]
    removed: FloatArray
    capacity: FloatArray
    capacity_basis: CapacityBasis
    imports_usd: FloatArray
    lost_share: MaskedFloats
    loss_usd: FloatArray
    recovered_usd: FloatArray
    shortfall_usd: FloatArray

    def hardest_hit(self, count: int = 10, *, capacity: int = 0) -> tuple[int, ...]:
        """Positions of the products with the largest shortfall at one capacity, then the largest loss.

        Products without a loss are left out; equal ones are ordered by their label.
        """
        order = sorted(
            np.flatnonzero(self.loss_usd > 0).tolist(),
            key=lambda p: (-self.shortfall_usd[capacity, p], -self.loss_usd[p], self.products[p]),
        )
        return tuple(order[:count])

    def in_whole_dollars(self) -> tuple[IntArray, IntArray, IntArray]:
        """Loss, recovered and shortfall as whole USD (half-even) that still add up exactly."""
        loss = np.rint(self.loss_usd).astype(np.int64)
        recovered = np.minimum(np.rint(self.recovered_usd).astype(np.int64), loss)
        return loss, recovered, loss - recovered


def removed_shares(
    suppliers: Sequence[str],
    shocks: Mapping[str, float],
    areas: Mapping[str, Collection[str]] | None = None,
) -> FloatArray:
    """Spell out which share of each supplier's deliveries is gone.

    Parameters
    ----------
    suppliers
        Codes of all suppliers, each once.
    shocks
        Share removed, in [0, 1], by supplier or area.
    areas
        Suppliers in each area; a member without deliveries may be absent from ``suppliers``.

    Returns
    -------
    NDArray
        One share per supplier, 0 for those not named.

    Raises
    ------
    UnknownCodeError
        A name is neither a supplier nor an area.
    ParameterError
        A share lies outside [0, 1], or a supplier is named twice, by itself and by an area or by two areas.
    """
    labels = unique_labels("suppliers", suppliers)
    position = {label: index for index, label in enumerate(labels)}
    members = {} if areas is None else areas
    named_by: dict[str, str] = {}
    removed = np.zeros(len(labels))
    for name, share in shocks.items():
        if not 0 <= share <= 1:
            raise ParameterError(
                f"a share of {share:g} of {name} cannot be removed", remedy="Give a share from 0 to 1"
            )
        if name not in position and name not in members:
            raise UnknownCodeError.among("supplier", name, [*labels, *members])
        for code in [name] if name in position else sorted(members[name]):
            if code in named_by:
                raise ParameterError(
                    f"{code} would be removed twice, as {named_by[code]} and as {name}",
                    remedy="Name the area or its member, not both",
                )
            named_by[code] = name
            if code in position:
                removed[position[code]] = share
    return frozen(removed)


def staged_shares(
    suppliers: Sequence[str],
    stages: Sequence[Mapping[str, float]],
    areas: Mapping[str, Collection[str]] | None = None,
) -> FloatArray:
    """Spell out a shock that comes in stages: what a stage states holds until a later one restates it.

    Parameters
    ----------
    suppliers, areas
        As for :func:`removed_shares`.
    stages
        Shares removed, by supplier or area, in order of time; a lower share later is a partial return.

    Returns
    -------
    NDArray
        One row per stage, one column per supplier: the state of things at that stage.

    Raises
    ------
    UnknownCodeError, ParameterError
        As for :func:`removed_shares`; or there is no stage.
    """
    if not stages:
        raise ParameterError("a staged shock needs a stage", remedy="Give one mapping per stage")
    state = np.zeros(len(suppliers))
    rows = []
    for stage in stages:
        stated = removed_shares(suppliers, dict.fromkeys(stage, 1.0), areas) > 0
        state = np.where(stated, removed_shares(suppliers, stage, areas), state)
        rows.append(state)
    return frozen(np.stack(rows))


def supplier_loss(
    flows: SupplierFlows, removed: ArrayLike, *, capacity: ArrayLike = CAPACITY_RANGE
) -> SupplierLoss:
    """Loss, recovery and shortfall of each product when suppliers fail.

    With M imports, r the share removed and kappa the capacity: ``loss = sum_c r_c M_c``; the suppliers that
    lose nothing (r = 0) expand by up to ``kappa`` times their exports, ``recovered = min(loss, kappa * sum
    of them)``; ``shortfall = loss - recovered``.

    Parameters
    ----------
    flows
        Imports by product and supplier, and the base of the capacity.
    removed
        Share removed of each supplier, in [0, 1]; for one state of a staged shock, one row of it.
    capacity
        One kappa or several, each in [0, 1]; by default a low and a high one. An assumption, not a finding.

    Returns
    -------
    SupplierLoss
        Linear in the scale of the money. Loss and shortfall do not fall when a share removed rises, and the
        shortfall does not rise with the capacity.

    Raises
    ------
    ModelInputError
        A share or a capacity outside [0, 1], or not one share per supplier.

    Notes
    -----
    Method D6. A supplier that is partly removed does not expand: it would make good its own loss. Supplies
    from home and from stocks are not in it.

    Examples
    --------
    >>> flows = SupplierFlows(("p",), ("A", "B", "C", "D"), np.array([[60.0, 20.0, 10.0, 10.0]]),
    ...     np.array([[0.0, 400.0, 100.0, 50.0]]))
    >>> lost = supplier_loss(flows, [1, 0, 0, 0], capacity=0.05)
    >>> lost.loss_usd.tolist(), lost.recovered_usd.tolist(), lost.shortfall_usd.tolist()
    ([60.0], [[27.5]], [[32.5]])
    """
    shares = numbers("removed", removed, [flows.suppliers])
    refuse_where(
        (shares < 0) | (shares > 1), "removed", "must lie from 0 to 1", [flows.suppliers], values=shares
    )
    kappa = capacities(capacity)
    bought = flows.imports_usd.sum(axis=1)
    kept = flows.imports_usd @ (1 - shares)
    # Where nothing is kept the loss is all that was bought, whatever order rounding summed it in.
    loss = np.where(kept == 0, bought, np.minimum(flows.imports_usd @ shares, bought))
    spare = flows.capacity_base[:, shares == 0].sum(axis=1)
    recovered = np.minimum(loss, np.multiply.outer(kappa, spare))
    return SupplierLoss(
        products=flows.products,
        suppliers=flows.suppliers,
        removed=shares,
        capacity=kappa,
        capacity_basis=flows.capacity_basis,
        imports_usd=frozen(bought),
        lost_share=undefined_where(loss / np.where(bought > 0, bought, 1.0), bought == 0),
        loss_usd=frozen(loss),
        recovered_usd=frozen(recovered),
        shortfall_usd=frozen(loss - recovered),
    )


def capacities(capacity: ArrayLike) -> FloatArray:
    """Return one or several capacities as an array.

    Raises
    ------
    ModelInputError
        None is given, or one lies outside [0, 1].
    """
    given = np.atleast_1d(np.asarray(capacity, dtype=np.float64))
    steps = [str(position + 1) for position in range(given.size)]
    if not steps:
        raise ModelInputError("no capacity is given", where="field capacity", remedy="Give 0.05 say")
    kappa = numbers("capacity", given, [steps])
    refuse_where((kappa < 0) | (kappa > 1), "capacity", "must lie from 0 to 1", [steps], values=kappa)
    return kappa
