"""How few suppliers does a product, a group or a list hang on? METHODS D1 and D5, as table expressions.

The same functions serve any non-negative measure: general imports, imports for consumption, a quantity, or
the exports of the whole world. A measure that has no meaning is null, and ``note`` names the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from techbalance.errors import ParameterError, SchemaError, UnknownCodeError
from techbalance.outline import ibis

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ibis import Table
    from ibis.expr.types import BooleanValue, NumericValue, StringValue

ANSWER_COLUMNS: Final = (
    "suppliers",
    "suppliers_counted",
    "hhi",
    "hhi_normalised",
    "effective_suppliers",
    "top_partner",
    "top_share",
    "top3_share",
    "is_single_point",
    "note",
    "removed",
    "remaining_share",
    "bloc",
    "share",
)
OTHER_BLOC: Final = "other"
# Any number of suppliers above one: the measure does not become undefined by there being few.
MANY: Final = 2

SuppliersCounted = Literal["observed", "all"]


@dataclass(frozen=True)
class SupplierColumns:
    """Which columns of a table say what is supplied, by whom, and how much.

    Parameters
    ----------
    keys
        What one row of an answer is, for example ``("product", "year")``; empty for the whole table.
    value
        Column that is shared out, >= 0: USD, or a quantity.
    partner
        Column of the supplier.
    unit
        Column that must be the same in all rows of a key: quantities in different units have no sum.
    totals
        Codes that are not suppliers but sums of them: the world, and every area.

    Raises
    ------
    ParameterError
        A key has the name of a column of the answers.
    """

    keys: tuple[str, ...]
    value: str
    partner: str = "partner"
    unit: str | None = None
    totals: frozenset[str] = frozenset({"WORLD"})

    def __post_init__(self) -> None:
        if clash := sorted(set(self.keys) & {*ANSWER_COLUMNS, self.value, self.partner}):
            raise ParameterError(
                f"key {clash[0]!r} is a column of the answer", remedy="Rename the key column"
            )

    def check(self, trade: Table) -> None:
        """Raise SchemaError unless ``trade`` has the columns and ``value`` is a number."""
        for name in (*self.keys, self.partner, self.value, *((self.unit,) if self.unit else ())):
            if name not in trade.columns:
                near = UnknownCodeError.among("column", name, trade.columns)
                raise SchemaError(near.what, where="table of trade", remedy=near.remedy)
        if not trade[self.value].type().is_numeric():
            raise SchemaError(
                f"column {self.value!r} holds {trade[self.value].type()}, not numbers",
                where="table of trade",
                remedy="Name a column of values or quantities",
            )


def supplier_concentration(
    trade: Table,
    columns: SupplierColumns,
    *,
    counted: SuppliersCounted = "observed",
    single_point_share: float = 1.0,
) -> Table:
    """Concentration of the suppliers of each key.

    With shares ``s`` of the suppliers: ``H = sum(s**2)``; normalised ``(H - 1/n) / (1 - 1/n)``; effective
    suppliers ``1 / H``; largest share; sum of the three largest.

    Parameters
    ----------
    trade
        Any grain at or below (keys, partner); rows of the same supplier are added. A null value is unknown,
        not zero.
    columns
        The columns it has.
    counted
        Which n the normalised index uses: ``observed``, suppliers with a value above zero for the key, or
        ``all``, every partner the table names.
    single_point_share
        The largest share from which a key counts as a single point of failure, in (0, 1].

    Returns
    -------
    Table
        One row per key, ordered by key: the value (sum), ``suppliers`` (with a value above zero),
        ``suppliers_counted``, ``hhi`` (0 to 1; 0.42 is 4,200 points), ``hhi_normalised`` (0 to 1),
        ``effective_suppliers`` (>= 1), ``top_partner`` (of equals, the smaller code), ``top_share``,
        ``top3_share``, ``is_single_point``, ``note``. Null with a note: ``total_among_partners``,
        ``missing_partner``, ``negative_value``, ``missing_value``, ``unit_differs`` (all, the sum too),
        ``no_trade`` (the sum is 0), ``one_observation`` (n = 1: only the normalised index is null).

    Raises
    ------
    SchemaError
        A column is missing or the value is not a number.
    ParameterError
        ``single_point_share`` lies outside (0, 1].

    Notes
    -----
    Hirschman 1964 (American Economic Review 54); Korniyenko, Pinat and Dew 2017 (IMF WP 17/30). A supplier
    without a row and one with a zero row both have a share of 0; only ``counted="all"`` tells how many there
    could be.

    Examples
    --------
    >>> import ibis, pyarrow
    >>> sold = {"partner": ["A", "B", "C", "D"], "general_usd": [60, 20, 10, 10]}
    >>> sales = ibis.memtable(pyarrow.table(sold))
    >>> answer = supplier_concentration(sales, SupplierColumns((), "general_usd"))
    >>> row = answer.to_pyarrow().to_pylist()[0]
    >>> round(row["hhi"], 6), round(row["hhi_normalised"], 6), row["top3_share"]
    (0.42, 0.226667, 0.9)
    """
    if not 0 < single_point_share <= 1:
        raise ParameterError(
            f"a share of {single_point_share} cannot mark a single point of failure",
            remedy="Give a share above 0 and at most 1",
        )
    ranked = _ranked_suppliers(trade, columns)
    share = _share(ranked)
    rows = ranked.aggregate(
        by=list(columns.keys),
        _total=ranked._supplied.sum(),
        suppliers=ranked.count(where=ranked._supplied > 0),
        hhi=(share * share).sum(),
        top_partner=ranked[columns.partner].max(where=(ranked._rank == 0) & (ranked._supplied > 0)),
        top_share=_part(ranked, ranked._rank < 1),
        top3_share=_part(ranked, ranked._rank < 3),
        _defect=ranked._defect.min(),
    )
    n = rows.suppliers if counted == "observed" else trade[columns.partner].nunique().as_scalar()
    measures = ("hhi", "top_partner", "top_share", "top3_share")
    measured = rows.mutate(
        _n=n.cast("float64").nullif(0),
        note=_note(rows, n),
        **{name: _where_sound(rows, rows[name]) for name in measures},
        **{name: _where_addable(rows, rows[name]) for name in ("_total", "suppliers")},
    )
    equal = 1 / measured._n
    above_equal = measured.hhi - equal
    answer = measured.select(
        *columns.keys,
        **{columns.value: measured._total},
        suppliers=measured.suppliers,
        suppliers_counted=ibis.literal(counted),
        hhi=measured.hhi,
        hhi_normalised=ibis.ifelse(above_equal < 0, 0.0, above_equal) / (1 - equal).nullif(0),
        effective_suppliers=1 / measured.hhi,
        top_partner=measured.top_partner,
        top_share=measured.top_share,
        top3_share=measured.top3_share,
        is_single_point=measured.top_share >= single_point_share,
        note=measured.note,
    )
    return _ordered(answer, columns.keys)


def share_without_largest(
    trade: Table, columns: SupplierColumns, *, removed: Sequence[int] = (1, 2)
) -> Table:
    """Share of trade left when the k largest suppliers are gone.

    ``v_k`` = 1 - the sum of the k largest shares; 0 when k is the number of suppliers or more.

    Parameters
    ----------
    trade, columns
        As for :func:`supplier_concentration`. For the profile of world supply the value is the exports of
        every exporter to the world.
    removed
        The values of k, each >= 0.

    Returns
    -------
    Table
        One row per key and k, ordered so: ``removed`` (k), ``remaining_share`` (0 to 1), ``note``. Null with
        a note where the shares are, as for :func:`supplier_concentration`.

    Raises
    ------
    SchemaError
        A column is missing or the value is not a number.
    ParameterError
        ``removed`` is empty or holds a negative number.

    Notes
    -----
    Piccardi and Tajoli 2018; Korniyenko, Pinat and Dew 2017 (IMF WP 17/30).
    """
    if not removed or min(removed) < 0:
        raise ParameterError("no number of suppliers to remove, or one below 0", remedy="Give (1, 2) say")
    ranked = _ranked_suppliers(trade, columns)
    steps = sorted(set(removed))
    sums = ranked.aggregate(
        by=list(columns.keys),
        _total=ranked._supplied.sum(),
        _defect=ranked._defect.min(),
        **{f"_left_{k}": _part(ranked, ranked._rank >= k) for k in steps},
    )
    note = _note(sums, ibis.literal(MANY))
    profile = ibis.union(
        *(
            sums.select(
                *columns.keys,
                removed=ibis.literal(k, "int64"),
                remaining_share=_where_sound(sums, sums[f"_left_{k}"]),
                note=note,
            )
            for k in steps
        )
    )
    return profile.order_by([*columns.keys, "removed"])


def with_bloc(trade: Table, blocs: Mapping[str, Collection[str]], *, partner: str = "partner") -> Table:
    """Say for each row which bloc its partner belongs to.

    Parameters
    ----------
    trade
        Any grain; needs ``partner``.
    blocs
        Partner codes of each bloc (an area on its date, an alliance, a user's own list).
    partner
        Name of the supplier's column.

    Returns
    -------
    Table
        The rows with ``bloc``: the bloc's name, or ``other``; nothing is dropped.

    Raises
    ------
    ParameterError
        A partner is in two blocs, so that it would be counted twice; or a bloc is called ``other``.
    SchemaError
        ``partner`` is missing.
    """
    if partner not in trade.columns:
        near = UnknownCodeError.among("column", partner, trade.columns)
        raise SchemaError(near.what, where="table of trade", remedy=near.remedy)
    if OTHER_BLOC in blocs:
        raise ParameterError(
            f"a bloc may not be called {OTHER_BLOC!r}", remedy="That is where the rest is kept"
        )
    seen: dict[str, str] = {}
    for bloc, members in blocs.items():
        for code in members:
            if seen.setdefault(code, bloc) != bloc:
                raise ParameterError(
                    f"partner {code!r} is in two blocs", where=f"{seen[code]} and {bloc}", remedy="Keep one"
                )
    branches = [(trade[partner].isin(sorted(members)), name) for name, members in blocs.items() if members]
    return trade.mutate(
        bloc=ibis.cases(*branches, else_=OTHER_BLOC) if branches else ibis.literal(OTHER_BLOC)
    )


def bloc_shares(trade: Table, columns: SupplierColumns, blocs: Mapping[str, Collection[str]]) -> Table:
    """Share of each bloc (friend, not friend, an area) in each key's trade.

    Parameters
    ----------
    trade, columns
        As for :func:`supplier_concentration`.
    blocs
        Partner codes of each bloc; all others are ``other``.

    Returns
    -------
    Table
        One row per key and bloc that has a row, ordered so: ``bloc``, the value, ``suppliers`` (with a value
        above zero), ``share`` (0 to 1; adds to 1 over the blocs of a key), ``note``. Null with a note as for
        :func:`supplier_concentration`.

    Raises
    ------
    ParameterError, SchemaError
        As for :func:`with_bloc` and :func:`supplier_concentration`.
    """
    labelled = with_bloc(_ranked_suppliers(trade, columns), blocs, partner=columns.partner)
    sums = labelled.aggregate(
        by=[*columns.keys, "bloc"],
        _supplied=labelled._supplied.sum(),
        suppliers=labelled.count(where=labelled._supplied > 0),
        _total=labelled._total.max(),
        _defect=labelled._defect.min(),
    )
    rows = sums.mutate(_defect=sums._defect.min().over(ibis.window(group_by=list(columns.keys))))
    return rows.select(
        *columns.keys,
        "bloc",
        **{columns.value: _where_addable(rows, rows._supplied)},
        suppliers=_where_addable(rows, rows.suppliers),
        share=_where_sound(rows, _share(rows)),
        note=_note(rows, ibis.literal(MANY)),
    ).order_by([*columns.keys, "bloc"])


def _ordered(rows: Table, keys: tuple[str, ...]) -> Table:
    return rows.order_by(list(keys)) if keys else rows


def _ranked_suppliers(trade: Table, columns: SupplierColumns) -> Table:
    """One row per key and supplier: ``_supplied``, ``_total`` of the key, ``_rank`` from 0, ``_defect``."""
    columns.check(trade)
    value, keys = trade[columns.value], list(columns.keys)
    missing = value.isnull() | value.isnan() if value.type().is_floating() else value.isnull()
    sums = trade.aggregate(
        by=[*keys, columns.partner],
        _supplied=value.sum(),
        _missing=missing.any(),
        _negative=(value < 0).any(),
        _units=trade[columns.unit].nunique() if columns.unit else ibis.literal(1),
        _unit=trade[columns.unit].min() if columns.unit else ibis.null("string"),
    )
    partner = sums[columns.partner]
    over_key = ibis.window(group_by=keys)
    largest_first = ibis.window(group_by=keys, order_by=[ibis.desc(sums._supplied), ibis.asc(partner)])
    mixed = (sums._units > 1) | (sums._unit.min().over(over_key) != sums._unit.max().over(over_key))
    return sums.mutate(
        _total=sums._supplied.sum().over(over_key),
        _rank=ibis.row_number().over(largest_first),
        _defect=ibis.cases(
            (partner.isnull(), "missing_partner: a row names no partner"),
            (
                partner.isin(sorted(columns.totals)) if columns.totals else ibis.literal(False),
                "total_among_partners: a total or area stands beside its members",
            ),
            (sums._negative, "negative_value: a flow below zero has no share"),
            (sums._missing, "missing_value: a supplier's value is not known"),
            (mixed, "unit_differs: quantities in different units have no sum"),
            else_=ibis.null("string"),
        ),
    )


def _share(rows: Table) -> NumericValue:
    """Share of a supplier, in double; null where nothing was traded (the engine would give NaN)."""
    return rows._supplied.cast("float64") / rows._total.nullif(0).cast("float64")


def _part(ranked: Table, where: BooleanValue) -> NumericValue:
    """Share of the suppliers ``where``: summed, then divided, so that rounding cannot lift it above 1."""
    part = ranked._supplied.sum(where=where).fill_null(0).cast("float64")
    return part / ranked._supplied.sum().nullif(0).cast("float64")


def _where_sound(rows: Table, measure: NumericValue) -> NumericValue:
    return ibis.ifelse(rows._defect.isnull() & (rows._total > 0), measure, ibis.null(measure.type()))


def _where_addable(rows: Table, measure: NumericValue) -> NumericValue:
    return ibis.ifelse(rows._defect.isnull(), measure, ibis.null(measure.type()))


def _note(rows: Table, n: NumericValue) -> StringValue:
    return ibis.cases(
        (rows._defect.notnull(), rows._defect),
        (rows._total.isnull(), "no_trade: no row of trade"),
        (rows._total == 0, "no_trade: every flow is zero"),
        (n == 1, "one_observation: one supplier, so the normalised index has no range"),
        else_=ibis.null("string"),
    )
