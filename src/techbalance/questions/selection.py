"""Which stored rows does a question mean? Partners, groups, products and years as filters."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from techbalance.classifications.partners import COMBINED_NAMES, WORLD, PartnerBook
from techbalance.errors import UnknownCodeError
from techbalance.outline import ibis

if TYPE_CHECKING:
    from ibis import Table
    from ibis.expr.types import BooleanValue, IntegerColumn, StringColumn, StringValue

    from techbalance.classifications.partners import Member
    from techbalance.questions.parameters.texts import PartnerRef, ProductRef, Years
    from techbalance.store.catalogue import Store

KNOWN_LISTS = ("census-atp",)
STORES_REMEMBERED: Final = 8

# What the itemised partners leave of the world total.
REST = "-"
REST_NAME = "all others, rounding and revisions"

# First and last year in which a partner is meant; None leaves a side open.
Span = tuple[int | None, int | None]


@lru_cache(maxsize=STORES_REMEMBERED)
def partner_book(store: Store) -> PartnerBook:
    """Read every name a partner can be called by; once for a store, since an open store does not change."""
    partners = store.fetch_rows(store.table("partners"))
    areas = store.fetch_rows(store.table("areas"))
    return PartnerBook(partners, areas)


def chosen_partners(store: Store, ref: PartnerRef | None) -> tuple[Member, ...] | None:
    """Look partners up; None when the question is about the world, by name or by leaving partners out."""
    members = None if ref is None else partner_book(store).members(ref)
    return None if members is not None and [member.code for member in members] == [WORLD] else members


def among_partners(rows: Table, members: tuple[Member, ...] | None) -> BooleanValue:
    """Keep the rows of these partners, each in the years in which it belongs to the selection."""
    if members is None:
        return rows.partner != WORLD
    spans: dict[Span, list[str]] = {}
    for member in members:
        spans.setdefault((member.from_year, member.to_year), []).append(member.code)
    keep: BooleanValue = ibis.literal(value=False)
    for span, codes in spans.items():
        keep |= rows.partner.isin(codes) & is_inside(rows.year, [span])
    return keep


def spans_by_label(store: Store, members: tuple[Member, ...]) -> dict[str, list[Span]]:
    """In which years each selected partner is to be there.

    Keys are labels as ``labelled_partners`` writes them; a span is the time in which the partner exists and
    belongs to the selection.
    """
    book = {row["code"]: row for row in partner_book(store).partners}
    spans: dict[str, list[Span]] = {}
    for member in members:
        row = book[member.code]
        starts = [year for year in (member.from_year, row["from_year"]) if year is not None]
        ends = [year for year in (member.to_year, row["to_year"]) if year is not None]
        spans.setdefault(row["iso3"] or member.code, []).append(
            (max(starts, default=None), min(ends, default=None))
        )
    return spans


def changed_partners(store: Store, start: int, end: int) -> dict[str, str]:
    """Labels whose code began or ended between two years, each with the reason that years differ.

    A partner that split, merged or changed its code is not the same territory in both years (METHODS A7).
    """
    first, last = min(start, end), max(start, end)
    found: dict[str, set[int]] = {}
    for row in partner_book(store).partners:
        label = row["iso3"] or row["code"]
        if row["from_year"] is not None and first < row["from_year"] <= last:
            found.setdefault(label, set()).add(row["from_year"])
        if row["to_year"] is not None and first <= row["to_year"] < last:
            found.setdefault(label, set()).add(row["to_year"])
    why = "territory_differs: a code of this partner began or ended in "
    return {label: why + " and ".join(map(str, sorted(years))) for label, years in found.items()}


def territory_note(partner: StringColumn, changed: dict[str, str]) -> StringValue:
    """The note of ``changed_partners`` for each row; null for a partner that stayed what it was."""
    cases = [(partner == label, ibis.literal(why)) for label, why in sorted(changed.items())]
    nothing = ibis.null("string")
    return ibis.cases(*cases, else_=nothing) if cases else nothing


def is_inside(year: IntegerColumn, spans: list[Span]) -> BooleanValue:
    """Whether a year is in one of the spans."""
    inside: BooleanValue = ibis.literal(value=False)
    for start, end in spans:
        here: BooleanValue = ibis.literal(value=True)
        if start is not None:
            here &= year >= start
        if end is not None:
            here &= year <= end
        inside |= here
    return inside


def each_partner(grid: Table, spans: dict[str, list[Span]]) -> Table:
    """Cross rows that have a ``year`` with the labels of the partners that are to be there in it."""
    parts = [
        grid.filter(is_inside(grid.year, span)).mutate(partner=ibis.literal(label))
        for label, span in spans.items()
    ]
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def in_years(rows: Table, years: Years | None) -> Table:
    """Keep a span of years; everything when none is given."""
    return rows if years is None else rows.filter(rows.year.between(years.start, years.end))


def among_products(rows: Table, ref: ProductRef | None) -> BooleanValue:
    """Keep products whose code starts with one of the codes given."""
    if ref is None:
        return ibis.literal(value=True)
    keep: BooleanValue = ibis.literal(value=False)
    for code in ref:
        keep |= rows["product"].startswith(code)
    return keep


def known_list(name: str) -> str:
    """Check the name of a product list.

    Raises
    ------
    UnknownCodeError
        No list has this name.
    """
    if name not in KNOWN_LISTS:
        raise UnknownCodeError.among("list", name, KNOWN_LISTS)
    return name


def labelled_partners(rows: Table, store: Store) -> Table:
    """Replace the Census code in ``partner`` by ISO3 where there is one.

    Codes that share an ISO3 code (Israel changed its code, the West Bank and Gaza have one each) become
    one partner, so this is done before anything is added up.
    """
    return only_labels(with_labels(rows, store))


def with_labels(rows: Table, store: Store) -> Table:
    """Add ``label``: ISO3 of the partner where there is one, else its Census code."""
    book = store.table("partners").select("code", "iso3")
    joined = rows.left_join(book, rows.partner == book.code)
    return joined.mutate(label=ibis.coalesce(joined.iso3, joined.partner)).drop("code", "iso3")


def only_labels(rows: Table) -> Table:
    """Put the label in the place of the code."""
    return rows.mutate(partner=rows.label).drop("label")


def named_partners(rows: Table, store: Store) -> Table:
    """Add ``partner_name`` to labelled partners; of a label's codes the one still in use gives the name.

    What the partners leave of the world (``REST``) is named so.
    """
    book = store.table("partners").mutate(label=lambda row: ibis.coalesce(row.iso3, row.code))
    order = ibis.window(group_by="label", order_by=[ibis.desc(book.to_year.isnull()), book.code])
    first = book.mutate(age=ibis.row_number().over(order)).filter(lambda row: row.age == 0)
    combined = [(first.label == code, ibis.literal(name)) for code, name in COMBINED_NAMES.items()]
    names = first.select("label", partner_name=ibis.cases(*combined, else_=first.name))
    names = store.kept(names)
    named = rows.left_join(names, rows.partner == names.label).drop("label")
    return named.mutate(partner_name=ibis.ifelse(named.partner == REST, REST_NAME, named.partner_name))


def named_groups(rows: Table, store: Store) -> Table:
    """Add ``group_name``."""
    names = store.table("groups").select(group_code="code", group_name="name")
    return rows.left_join(names, rows["group"] == names.group_code).drop("group_code")


def named_products(rows: Table, store: Store) -> Table:
    """Add ``product_name``: the official short text."""
    names = store.table("products").filter(lambda row: row.system == "HTS")
    names = store.kept(names.select(product_code="code", product_name="name"))
    return rows.left_join(names, rows["product"] == names.product_code).drop("product_code")
