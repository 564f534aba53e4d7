"""Which wages balance every region's payments after the shock, and what follows for incomes and trade?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from techbalance.errors import UnknownCodeError
from techbalance.models.multi_sector.economy import Economy
from techbalance.models.multi_sector.payments import solve_economy
from techbalance.models.newton import TOLERANCE
from techbalance.models.validation import Note, frozen

if TYPE_CHECKING:
    from techbalance.models.multi_sector.world import MultiSectorShock, MultiSectorWorld
    from techbalance.models.validation import FloatArray

Deficits = Literal["kept", "removed"]
DEFICITS: Final[tuple[Deficits, ...]] = get_args(Deficits)


@dataclass(frozen=True, eq=False)
class MultiSectorBase:
    """The consistent world that shocks start from: the data, solved once at base tariffs.

    Attributes
    ----------
    world
        The data as given.
    deficits
        ``kept``: each region's deficit keeps its part of world value added; ``removed``: every region spends
        its income.
    tariff
        [sector, importer, exporter].
    import_share
        [sector, importer, exporter], parts of the importer's spending in the sector, tariff included.
    trade_usd
        [sector, importer, exporter], before tariff.
    expenditure_usd, sales_usd
        [sector, region]; expenditure includes tariffs.
    value_added_usd, revenue_usd, deficit_usd, income_usd
        [region]; income = value added + tariff revenue + deficit, all of it spent.
    change_ratio
        Sum of the changes, without sign, that solving made to expenditure by sector and region, as a part of
        world expenditure. It is large where the accounts and the trade data of a sector disagree.
    residual, iterations
        As in ``MultiSectorResult``.
    notes
        Those of the data, and ``rebalanced``.
    """

    world: MultiSectorWorld
    deficits: Deficits
    tariff: FloatArray
    import_share: FloatArray
    trade_usd: FloatArray
    expenditure_usd: FloatArray
    sales_usd: FloatArray
    value_added_usd: FloatArray
    revenue_usd: FloatArray
    deficit_usd: FloatArray
    income_usd: FloatArray
    change_ratio: float
    residual: float
    iterations: int
    notes: tuple[Note, ...]

    def after(self, result: MultiSectorResult) -> MultiSectorBase:
        """Return the state that ``result`` solved as a base that further shocks can start from.

        ``change_ratio`` and ``notes`` remain those of the first base, which the data needed.
        """
        return replace(
            self,
            tariff=result.tariff,
            import_share=result.import_share,
            trade_usd=result.trade_usd,
            expenditure_usd=result.expenditure_usd,
            sales_usd=result.sales_usd,
            value_added_usd=result.value_added_usd,
            revenue_usd=result.revenue_usd,
            deficit_usd=result.deficit_usd,
            income_usd=result.income_usd,
            residual=result.residual,
            iterations=result.iterations,
        )


@dataclass(frozen=True, eq=False)
class MultiSectorResult:
    """A solved counterfactual; every ``_hat`` is new over old (1 = no change).

    Attributes
    ----------
    regions, sectors
        Labels of the axes.
    deficits, numeraire, shocks
        What was held fixed, what nominal figures are measured in, and the kinds of shock.
    real_income_hat
        [region], **exact** change of income over the final price index; the welfare of the model. The
        first-order figure that is usually printed is ``first_order_welfare``.
    wage_hat, real_wage_hat, final_price_hat
        [region].
    price_hat, cost_hat
        [sector, region], price paid by users, and cost of a bundle of inputs.
    trade_usd, import_share, tariff
        [sector, importer, exporter], new values before tariff, shares with tariff, rates.
    expenditure_usd, sales_usd
        [sector, region], new.
    value_added_usd, revenue_usd, deficit_usd, income_usd
        [region], new.
    world_gap
        World spending on final goods over world income, less 1, in the solution; zero up to rounding.
    residual, iterations
        Largest relative gap among payments of each region, its labour market, and the goods markets, at most
        1e-10; evaluations of the system.
    """

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    deficits: Deficits
    numeraire: str
    shocks: tuple[str, ...]
    real_income_hat: FloatArray
    wage_hat: FloatArray
    real_wage_hat: FloatArray
    final_price_hat: FloatArray
    price_hat: FloatArray
    cost_hat: FloatArray
    trade_usd: FloatArray
    import_share: FloatArray
    tariff: FloatArray
    expenditure_usd: FloatArray
    sales_usd: FloatArray
    value_added_usd: FloatArray
    revenue_usd: FloatArray
    deficit_usd: FloatArray
    income_usd: FloatArray
    world_gap: float
    residual: float
    iterations: int
    notes: tuple[Note, ...]


def solve_base(world: MultiSectorWorld, deficits: Deficits = "kept") -> MultiSectorBase:
    """Solve ``world`` at its own tariffs, so that accounts and trade agree before anything is changed.

    Sector use in the accounts and sector expenditure in trade data never agree exactly; the equilibrium at
    base tariffs is the nearest consistent world in the model's own terms (the first of two steps in Caliendo
    & Parro).

    Parameters
    ----------
    world
        Data.
    deficits
        ``kept`` or ``removed``.

    Raises
    ------
    UnknownCodeError
        ``deficits`` is neither.
    ConvergenceError
        No equilibrium was found within the tolerance.
    """
    if deficits not in DEFICITS:
        raise UnknownCodeError.among("treatment of deficits", deficits, DEFICITS)
    paid = world.trade_usd * (1.0 + world.tariff)
    spending = paid.sum(axis=2)
    share = paid / np.where(spending > 0, spending, 1.0)[:, :, None]
    value_added = world.value_added_usd.sum(axis=0)
    total = float(value_added.sum())
    owed = world.deficit_usd / total

    def economy_at(part: float) -> Economy:
        return Economy(
            share=share,
            log_cost=np.zeros(share.shape),
            tariff=world.tariff,
            io_share=world.io_share,
            va_share=world.va_share,
            final_share=world.final_share,
            value_added=value_added / total,
            deficit=owed if deficits == "kept" else owed * (1.0 - part),
            theta=world.theta,
        )

    solved = solve_economy(economy_at, world.regions, pinned=None, where=f"base, deficits {deficits}")
    state = solved.state
    change = float(np.abs(state.spending * total - spending).sum() / spending.sum())
    notes = world.notes + solved.notes
    if change > TOLERANCE:
        text = (
            f"expenditure by sector was moved by {change:.2%} in all to make accounts and trade agree "
            f"(deficits {deficits}); the accounts themselves contradict each other by "
            f"{world.imbalance_ratio:.2g} of world output"
        )
        notes = (*notes, Note("rebalanced", text))
    earned = np.exp(state.log_wage) * value_added
    revenue = (state.revenue_part * state.spending).sum(axis=0) * total
    return MultiSectorBase(
        world=world,
        deficits=deficits,
        tariff=world.tariff,
        import_share=frozen(state.share),
        trade_usd=frozen(state.net_share * state.spending[:, :, None] * total),
        expenditure_usd=frozen(state.spending * total),
        sales_usd=frozen(state.sales * total),
        value_added_usd=frozen(earned),
        revenue_usd=frozen(revenue),
        deficit_usd=frozen(state.deficit * total),
        income_usd=frozen(earned + revenue + state.deficit * total),
        change_ratio=change,
        residual=solved.residual,
        iterations=solved.iterations,
        notes=notes,
    )


def solve_multi_sector(
    base: MultiSectorBase, shock: MultiSectorShock, *, numeraire: str | None = None
) -> MultiSectorResult:
    """Solve the multi-sector model for ``shock`` from a consistent base.

    c_jn = w_n^va_jn prod_k P_kn^io_kjn; P_jn = (sum_i pi_jni (cost_jni c_ji)^-theta_j)^(-1/theta_j); X_jn =
    sum_k io_jkn Y_kn + final_jn (w_n VA_n + R_n + D_n); exports + deficit = imports in each region.

    Parameters
    ----------
    base
        From ``solve_base``.
    shock
        Tariffs with revenue, trade costs, productivity.
    numeraire
        A region whose wage is 1; by default world value added keeps its value. Real results do not depend on
        it.

    Raises
    ------
    ModelInputError
        A shock of the wrong shape or range; a region left without supplier, or cut off with a deficit to
        finance.
    UnknownCodeError
        ``numeraire`` is not a region.
    ConvergenceError
        No equilibrium within the tolerance.

    Notes
    -----
    Caliendo & Parro 2015 (Review of Economic Studies 82:1). A zero flow stays zero. A deficit is held as a
    part of world value added.
    """
    world = base.world
    pinned = None
    if numeraire is not None:
        if numeraire not in world.regions:
            raise UnknownCodeError.among("numeraire", numeraire, world.regions)
        pinned = world.regions.index(numeraire)
    log_cost, tariff, kinds = shock.against(world, base.tariff)
    total = float(base.value_added_usd.sum())

    def economy_at(part: float) -> Economy:
        gradual, rates = log_cost, tariff
        if part < 1.0:
            closing = -np.log1p(-part) / world.theta[:, None, None]
            gradual = np.where(np.isinf(log_cost), closing, part * log_cost)
            rates = (1.0 + base.tariff) * ((1.0 + tariff) / (1.0 + base.tariff)) ** part - 1.0
        return Economy(
            share=base.import_share,
            log_cost=gradual,
            tariff=rates,
            io_share=world.io_share,
            va_share=world.va_share,
            final_share=world.final_share,
            value_added=base.value_added_usd / total,
            deficit=base.deficit_usd / total,
            theta=world.theta,
        )

    solved = solve_economy(economy_at, world.regions, pinned=pinned, where=f"deficits {base.deficits}")
    state = solved.state
    wage = np.exp(state.log_wage)
    price = np.exp((world.final_share * state.log_price).sum(axis=0))
    revenue = (state.revenue_part * state.spending).sum(axis=0) * total
    income = wage * base.value_added_usd + revenue + state.deficit * total
    return MultiSectorResult(
        regions=world.regions,
        sectors=world.sectors,
        deficits=base.deficits,
        numeraire="world value added" if numeraire is None else f"wage of {numeraire}",
        shocks=kinds,
        real_income_hat=frozen(income / base.income_usd / price),
        wage_hat=frozen(wage),
        real_wage_hat=frozen(wage / price),
        final_price_hat=frozen(price),
        price_hat=frozen(np.exp(state.log_price)),
        cost_hat=frozen(np.exp(state.log_cost)),
        trade_usd=frozen(state.net_share * state.spending[:, :, None] * total),
        import_share=frozen(state.share),
        tariff=frozen(np.array(tariff)),
        expenditure_usd=frozen(state.spending * total),
        sales_usd=frozen(state.sales * total),
        value_added_usd=frozen(wage * base.value_added_usd),
        revenue_usd=frozen(revenue),
        deficit_usd=frozen(state.deficit * total),
        income_usd=frozen(income),
        world_gap=float(state.deficit.sum() * total / income.sum()),
        residual=solved.residual,
        iterations=solved.iterations,
        notes=base.notes + solved.notes,
    )
