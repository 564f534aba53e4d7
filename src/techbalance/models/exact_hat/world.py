"""What must be known of a world with one sector, and which changes can be put to it?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from techbalance.errors import ModelInputError
from techbalance.models.validation import FloatArray, Note, frozen, numbers, refuse_where, unique_labels

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

IMBALANCE_LIMIT: Final = 1e-3
"""Part of world output by which stated totals may contradict the trade matrix and still be rebalanced."""
ROUNDING: Final = 1e-12
"""Imbalance, as a part of world output, that is only the rounding of a sum."""


@dataclass(frozen=True, eq=False)
class OneSectorWorld:
    """Trade of all countries with each other and with themselves, in one year.

    Parameters
    ----------
    countries
        Labels.
    trade_usd
        [exporter, importer], US dollars before tariff; the diagonal is sales at home and must be positive. A
        zero flow stays zero under every shock.
    theta
        Trade elasticity, above 0 (elasticity of substitution minus one).
    tariff
        [exporter, importer], base ad valorem rates as fractions, above -1; 0 by default. Their revenue is
        part of the importer's income.
    stated_output_usd, stated_expenditure_usd
        Totals by country from another source. Expenditure is scaled so that the world spends what it earns
        and output becomes the sum of sales. The size of that change is ``rebalanced_ratio``, refused above
        0.1 % of world output. By default both are the sums of ``trade_usd``, and nothing is changed.

    Attributes
    ----------
    import_share
        [exporter, importer], part of the importer's spending, tariff included; columns sum to 1.
    output_usd, expenditure_usd, revenue_usd, deficit_usd
        By country. Expenditure includes tariffs; deficit is expenditure - output - revenue, positive where
        more is bought than sold, and sums to zero over the world.
    rebalanced_ratio
        Largest change made to stated totals, as a part of world output; 0 where none was needed.

    Raises
    ------
    ModelInputError
        A label is doubled; a flow negative; a zero on the diagonal; theta not above 0; a rate at or below -1;
        an imbalance above 0.1 % of world output.
    """

    countries: tuple[str, ...]
    trade_usd: FloatArray
    theta: float
    tariff: FloatArray = field(default_factory=lambda: np.zeros(()))
    stated_output_usd: FloatArray | None = None
    stated_expenditure_usd: FloatArray | None = None
    import_share: FloatArray = field(init=False)
    output_usd: FloatArray = field(init=False)
    expenditure_usd: FloatArray = field(init=False)
    revenue_usd: FloatArray = field(init=False)
    deficit_usd: FloatArray = field(init=False)
    rebalanced_ratio: float = field(init=False)
    notes: tuple[Note, ...] = field(init=False)

    def __post_init__(self) -> None:
        labels = unique_labels("countries", self.countries)
        axes = (labels, labels)
        trade = numbers("trade_usd", self.trade_usd, axes)
        refuse_where(trade < 0, "trade_usd", "must not be negative", axes, values=trade)
        own = np.diagonal(trade)
        refuse_where(
            own <= 0,
            "trade_usd",
            "must be positive on the diagonal (sales at home)",
            axes[:1],
            values=own,
            remedy="Take sales at home as output less exports; without them the model has no home share",
        )
        theta = float(self.theta)
        if not (np.isfinite(theta) and theta > 0):
            raise ModelInputError(
                "theta must be a finite number above 0", where=f"field theta, value {theta}"
            )
        tariff = numbers("tariff", self.tariff, axes)
        refuse_where(tariff <= -1, "tariff", "must be above -1 (a rate above -100 %)", axes, values=tariff)
        refuse_where(
            np.diagonal(tariff) != 0,
            "tariff",
            "must be 0 on the diagonal",
            axes[:1],
            values=np.diagonal(tariff),
        )
        for name, value in (
            ("countries", labels),
            ("trade_usd", trade),
            ("theta", theta),
            ("tariff", tariff),
        ):
            object.__setattr__(self, name, value)
        self._close(axes)

    def _close(self, axes: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
        paid = self.trade_usd * (1.0 + self.tariff)
        share = paid / paid.sum(axis=0)
        before_tariff = share / (1.0 + self.tariff)
        spending = paid.sum(axis=0)
        output = self.trade_usd.sum(axis=1)
        ratio = 0.0
        if self.stated_output_usd is not None or self.stated_expenditure_usd is not None:
            stated_output = self._stated("output", self.stated_output_usd, output, axes)
            spending = self._stated("expenditure", self.stated_expenditure_usd, spending, axes)
            world = float(stated_output.sum())
            scale = world / float((before_tariff @ spending).sum())
            spending = spending * scale
            output = before_tariff @ spending
            ratio = max(abs(scale - 1.0), float(np.abs(output - stated_output).sum()) / world)
        if ratio > IMBALANCE_LIMIT:
            raise ModelInputError(
                f"stated totals contradict the trade matrix by {ratio:.2%} of world output, "
                f"above {IMBALANCE_LIMIT:.1%}",
                where="fields stated_output_usd and stated_expenditure_usd",
                remedy="Make output the sum of sales and expenditure the sum of purchases, from one source",
            )
        revenue = spending * (share - before_tariff).sum(axis=0)
        notes = []
        if ratio > ROUNDING:
            notes.append(
                Note(
                    "rebalanced",
                    f"stated totals were changed by {ratio:.4%} of world output so that the world spends "
                    "what it earns",
                )
            )
        zero = int((self.trade_usd == 0).sum())
        if zero:
            notes.append(Note("zero_flow", f"{zero} of {self.trade_usd.size} flows are zero and stay zero"))
        for name, array in (
            ("import_share", share),
            ("output_usd", output),
            ("expenditure_usd", spending),
            ("revenue_usd", revenue),
            ("deficit_usd", spending - output - revenue),
        ):
            object.__setattr__(self, name, frozen(array))
        object.__setattr__(self, "rebalanced_ratio", ratio if ratio > ROUNDING else 0.0)
        object.__setattr__(self, "notes", tuple(notes))

    def _stated(
        self,
        kind: str,
        values: FloatArray | None,
        default: FloatArray,
        axes: tuple[tuple[str, ...], tuple[str, ...]],
    ) -> FloatArray:
        if values is None:
            return default
        name = f"stated_{kind}_usd"
        array = numbers(name, values, axes[:1])
        refuse_where(array <= 0, name, "must be positive", axes[:1], values=array)
        object.__setattr__(self, name, array)
        return array


@dataclass(frozen=True, eq=False)
class OneSectorShock:
    """What changes. A field left at None does not.

    Parameters
    ----------
    trade_cost_hat
        [exporter, importer], new iceberg cost of delivery over old, above 0; infinity closes a route. No
        revenue arises from it.
    tariff_new
        [exporter, importer], new ad valorem rates as fractions, above -1; their revenue goes to the importer.
    productivity_hat
        [country], new output per worker over old, above 0.
    label
        What the shock stands for, in words; see ``tariff_as_iceberg``.
    """

    trade_cost_hat: FloatArray | None = None
    tariff_new: FloatArray | None = None
    productivity_hat: FloatArray | None = None
    label: str = ""

    def against(self, world: OneSectorWorld) -> tuple[FloatArray, FloatArray, tuple[str, ...]]:
        """Return the change of delivered unit cost (log), the new tariffs, and the kinds of shock in words.

        Raises
        ------
        ModelInputError
            A change is not above 0, a rate is at or below -1, or the shape is not that of ``world``.
        """
        labels = world.countries
        axes = (labels, labels)
        log_cost: FloatArray = np.zeros((len(labels), len(labels)))
        tariff, kinds = world.tariff, []
        if self.trade_cost_hat is not None:
            cost = numbers("trade_cost_hat", self.trade_cost_hat, axes, allow_infinite=True)
            refuse_where(cost <= 0, "trade_cost_hat", "must be above 0", axes, values=cost)
            refuse_where(
                ~np.isfinite(np.diagonal(cost)), "trade_cost_hat", "must be finite at home", axes[:1]
            )
            log_cost += np.log(cost)
            kinds.append(self.label or "iceberg trade cost, no revenue")
        if self.tariff_new is not None:
            tariff = numbers("tariff_new", self.tariff_new, axes)
            refuse_where(
                tariff <= -1, "tariff_new", "must be above -1 (a rate above -100 %)", axes, values=tariff
            )
            own = np.diagonal(tariff)
            refuse_where(own != 0, "tariff_new", "must be 0 on the diagonal", axes[:1], values=own)
            log_cost += np.log1p(tariff) - np.log1p(world.tariff)
            kinds.append("ad valorem tariff with revenue")
        if self.productivity_hat is not None:
            hat = numbers("productivity_hat", self.productivity_hat, axes[:1])
            refuse_where(hat <= 0, "productivity_hat", "must be above 0", axes[:1], values=hat)
            log_cost -= np.log(hat)[:, None]
            kinds.append("productivity")
        return log_cost, tariff, tuple(kinds) or ("none",)


def tariff_as_iceberg(tariff_base: ArrayLike, tariff_new: ArrayLike) -> OneSectorShock:
    """Put a tariff change as a trade cost that yields no revenue, and say so in the shock's label.

    Many published one-sector exercises treat tariffs so. It overstates the loss of the country that raises a
    tariff, because the revenue is thrown away; use ``OneSectorShock(tariff_new=...)`` for a tariff proper.

    Parameters
    ----------
    tariff_base, tariff_new
        [exporter, importer], ad valorem fractions above -1.
    """
    old, new = np.asarray(tariff_base, dtype=np.float64), np.asarray(tariff_new, dtype=np.float64)
    for name, rates in (("tariff_base", old), ("tariff_new", new)):
        if not np.all(rates > -1):
            raise ModelInputError(f"{name} must be above -1 (a rate above -100 %)", where=f"field {name}")
    return OneSectorShock(
        trade_cost_hat=np.asarray((1.0 + new) / (1.0 + old)),
        label="tariff put as an iceberg trade cost, no revenue",
    )
