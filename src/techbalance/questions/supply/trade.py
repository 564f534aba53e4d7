"""Who sells which product to whom? The record's imports, or a panel a user brings, in one form."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from techbalance.classifications.groups import ALL_GROUPS, GROUPS
from techbalance.classifications.partners import taken_apart
from techbalance.errors import NotCoveredError, ParameterError
from techbalance.outline import ibis
from techbalance.questions.answer import Lineage
from techbalance.questions.product_lists.covering import cover
from techbalance.questions.product_lists.naming import ProductList, chosen_list
from techbalance.questions.product_lists.placing import on_list, refuse_groups
from techbalance.questions.products import Products
from techbalance.questions.selection import (
    STORES_REMEMBERED,
    among_products,
    named_partners,
    partner_book,
)
from techbalance.questions.wording import money
from techbalance.store.panels import open_panel

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ibis import Table

    from techbalance.classifications.partners import Member
    from techbalance.questions.parameters.dependence import Supplied
    from techbalance.questions.parameters.texts import PartnerRef
    from techbalance.store.catalogue import Store

LEVELS: Final = ("all", "group", "product")
AMOUNT: Final = "amount"
ITEM: Final = ("level", "item")
CONCEPTS: Final = {"general": "general_usd", "consumption": "consumption_usd"}
# How sums over countries are called in the tables people bring.
WORLD_CODES: Final = frozenset({"WORLD", "WLD", "W00", "0"})


@dataclass(frozen=True)
class Supply:
    """Trade by year, product and supplier.

    Parameters
    ----------
    store
        What is read.
    imports
        One row per year, product and supplier or finer: ``year``, ``product``, ``group``, ``partner``,
        ``amount`` (US dollars, or a quantity with its ``unit``). Of an area also between its members.
    amount
        What the amount is called in an answer.
    exports, world, production
        The same of the reporter's exports (partner: the buyer), of every country's exports to all (partner:
        the seller), and of the reporter's own production (no partner); None where not held.
    members
        Countries of the reporter where it is an area.
    reporter
        Codes of the reporter itself, or of the area's members.
    totals
        Codes among partners that are sums of others.
    notes
        What has to be known to read it.
    lineage
        Stored rows it comes from.
    why_empty
        Why there is nothing, where there is.
    chosen
        The user's list; None for the one that ships.
    vintages
        Vintage of each year.
    undecided
        Imports of each year in products that no list could place, US dollars.
    """

    store: Store
    imports: Table
    amount: str
    exports: Table | None = None
    world: Table | None = None
    production: Table | None = None
    members: frozenset[str] = frozenset()
    reporter: frozenset[str] = frozenset({"USA"})
    totals: frozenset[str] = WORLD_CODES
    notes: tuple[str, ...] = ()
    lineage: tuple[Lineage, ...] = ()
    why_empty: str = "no_trade: nothing of this was imported"
    chosen: ProductList | None = None
    vintages: dict[int, object] = field(default_factory=dict)
    undecided: dict[int, int] = field(default_factory=dict)

    @property
    def from_outside(self) -> Table:
        """Imports from outside the reporter: of an area, without what members buy from each other."""
        if not self.members:
            return self.imports
        return self.imports.filter(~self.imports.partner.isin(sorted(self.members)))

    def notes_on(self, years: Sequence[int]) -> list[str]:
        """What must be known to read figures of these years."""
        return [
            f"{year}: {money(self.undecided[year])} of imports are in products the nearest list cannot "
            "place; not counted."
            for year in years
            if year in self.undecided
        ] + list(self.notes)

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Years of which anything is held."""
        if self.vintages:
            return tuple(sorted(self.vintages))
        rows = self.imports.select("year").distinct().order_by("year")
        return tuple(self.store.fetch(rows)["year"].to_pylist())

    @cached_property
    def group_of(self) -> dict[str, str]:
        """Group of each product; none where the products have no groups."""
        return {product: group for product, group in self._groups if group is not None}

    @property
    def is_grouped_once(self) -> bool:
        """Whether no product changed its group."""
        return len(self._groups) == len({product for product, _ in self._groups})

    @cached_property
    def _groups(self) -> list[tuple[str, str | None]]:
        rows = self.store.fetch(self.imports.select("product", "group").distinct()).to_pydict()
        return list(zip(rows["product"], rows["group"], strict=True))

    @cached_property
    def product_names(self) -> dict[str, str]:
        """Official short text of each product, or the name the user's list gives it."""
        found = _official_names(self.store)
        if self.chosen is None:
            return found
        listed = self.chosen.names
        codes = {product: self.chosen.code_of(product) for product in self.group_of}
        return found | {product: listed[code] for product, code in codes.items() if code in listed}

    @cached_property
    def partner_names(self) -> dict[str, str]:
        """Name of each partner by its label."""
        return partner_names(self.store)

    def item_names(self, level: str) -> dict[str, str]:
        """Names of the items of one level."""
        if level == "product":
            return self.product_names
        if level == "group":
            return GROUPS if self.chosen is None else {}
        whole = "All Advanced Technology Products" if self.chosen is None else f"List {self.chosen.name}"
        return {ALL_GROUPS: whole}

    def by_level(self, table: Table, levels: Sequence[str]) -> Table:
        """The rows once for each level, with ``level`` and ``item``."""
        items = {"product": table["product"], "group": table["group"], "all": ibis.literal(ALL_GROUPS)}
        kept = [name for name in table.columns if name not in ("product", "group")]
        parts = [table.select(*kept, level=ibis.literal(level), item=items[level]) for level in levels]
        rows = ibis.union(*parts) if len(parts) > 1 else parts[0]
        return rows.filter(rows.item.notnull())

    def check_levels(self, levels: Sequence[str]) -> None:
        """Refuse groups where the products have none.

        Raises
        ------
        NotCoveredError
            The products are those of a panel, and no list puts them into groups.
        """
        if "group" in levels and self.years and not self.group_of:
            raise NotCoveredError(
                "the products of a panel are in no groups",
                remedy="Add a list with the columns code and group",
            )


def supply_of(
    params: Supplied, store: Store, *, quantity: bool = False, partner: PartnerRef | None = None
) -> Supply:
    """Read what a question is about.

    Raises
    ------
    UnknownCodeError, ParameterError
        A list, partner or reporter nobody knows, or one that is no single country.
    NotCoveredError
        Quantities are asked for and not held.
    """
    chosen = chosen_list(store, params.list)
    refuse_groups(chosen, params.group)
    reporter = frozenset(reporter_codes(store, params.reporter))
    members = None if partner is None else chosen_suppliers(store, partner, reporter)
    if params.panel is not None:
        return _from_panel(params, store, chosen, members, quantity=quantity)
    if quantity:
        raise NotCoveredError(
            "quantities by product and partner are not held in the record",
            remedy="Leave measure out to share out value, or bring a panel with quantity and unit",
        )
    return _from_record(params, store, chosen, members)


@lru_cache(maxsize=STORES_REMEMBERED)
def _official_names(store: Store) -> dict[str, str]:
    # All of them: picking out those traded would take longer than reading the others.
    names = store.table("products").filter(lambda row: row.system == "HTS")
    columns = store.fetch(names.select("code", "name")).to_pydict()
    return dict(zip(columns["code"], columns["name"], strict=True))


@lru_cache(maxsize=STORES_REMEMBERED)
def partner_names(store: Store) -> dict[str, str]:
    """Name of every partner by its label (ISO3, or the Census code where there is none)."""
    book = store.table("partners")
    labels = book.select(partner=ibis.coalesce(book.iso3, book.code)).distinct()
    return {row["partner"]: row["partner_name"] for row in store.fetch_rows(named_partners(labels, store))}


def chosen_suppliers(store: Store, names: Iterable[str], reporter: frozenset[str]) -> tuple[Member, ...]:
    """Look suppliers up, members of areas included; the reporter is left out of areas it belongs to.

    Parameters
    ----------
    store
        Where names are looked up.
    names
        Names, codes and areas; a text may hold several with commas.
    reporter
        ISO3 codes of the reporter.

    Raises
    ------
    UnknownCodeError
        A name nobody knows.
    ParameterError
        A supplier is named twice, by itself and inside an area; the reporter alone is named; or a sum of
        partners that the publisher prints.
    """
    book = partner_book(store)
    labels = {row["code"]: row["iso3"] or row["code"] for row in book.partners}
    chosen: dict[str, tuple[str, Member]] = {}
    for text in names:
        for name in dict.fromkeys(taken_apart(text, book.named)):
            found = book.named(name) or book.members([name])
            others = [member for member in found if labels[member.code] not in reporter]
            if not others:
                raise ParameterError(
                    f"{name!r} reports the trade and is no supplier of its own", remedy="Name other countries"
                )
            for member in others:
                if chosen.setdefault(member.code, (name, member))[0] != name:
                    raise ParameterError(
                        f"{name!r} and {chosen[member.code][0]!r} overlap",
                        where=f"partner {labels[member.code]} is in both",
                        remedy="Name one of them",
                    )
    members = tuple(member for _, member in chosen.values())
    refuse_sums(store, members)
    return members


def refuse_sums(store: Store, members: tuple[Member, ...] | None) -> None:
    """Refuse what the publisher prints as a sum of partners: suppliers are countries.

    Raises
    ------
    ParameterError
        One is among them.
    """
    book = partner_book(store)
    if any(book.is_aggregate(member) for member in members or ()):
        raise ParameterError(
            "suppliers are countries, and one of these is a sum the publisher prints",
            remedy="Name countries, or an area with members such as EU27",
        )


def _from_record(
    params: Supplied, store: Store, chosen: ProductList | None, members: tuple[Member, ...] | None
) -> Supply:
    day = params.as_of.day if params.as_of else None
    value = CONCEPTS[params.concept]
    products = Products(store, day, None, members, params.group, params.product, chosen=chosen)
    rows, reason = products.rows(), products.unlisted()
    notes = list(products.older())
    if chosen is not None:
        notes.insert(0, _cover_note(Products(store, day, chosen=chosen), chosen))
    rows = rows.filter(rows.flow == "import")
    imports = rows.select("year", "product", "group", "partner", **{AMOUNT: rows[value]})
    vintages = rows.group_by("year").aggregate(vintage=rows.vintage.max())
    held = {row["year"]: row["vintage"] for row in store.fetch_rows(vintages)}
    if not held and not store.count(products.known().limit(1)):
        reason = products.why_nothing("product and partner")
    formula = f"shares of suppliers in the sum of {value} (imports, customs value)"
    supply = Supply(
        store,
        imports,
        "imports_usd" if params.concept == "general" else "consumption_usd",
        notes=tuple(notes),
        lineage=(Lineage("trade", rows, formula, value=value),),
        chosen=chosen,
        vintages=held,
        undecided=dict(products.undecided()),
    )
    return supply if reason is None else replace(supply, why_empty=reason)


def _cover_note(products: Products, chosen: ProductList) -> str:
    """Say how much of the list is held in the newest year: a part must not pass for the whole."""
    years = products.years_held("import")
    edition = chosen.edition("import", max(years, default=0))
    if not years or edition is None:
        return f"List {chosen.name}: nothing under it is held."
    found = cover(edition, products.held("import", years[-1]))
    rest = "" if found.is_whole else "; the rest is there in sums by partner only, and not counted"
    return f"List {chosen.name}: {found.says}{rest}."


def _from_panel(
    params: Supplied,
    store: Store,
    chosen: ProductList | None,
    members: tuple[Member, ...] | None,
    *,
    quantity: bool,
) -> Supply:
    panel = open_panel(store, str(params.panel))
    if quantity and "quantity" not in panel.columns:
        raise NotCoveredError(
            "the panel has no quantities", where=str(params.panel), remedy="Add the columns quantity and unit"
        )
    inside = reporter_codes(store, params.reporter)
    area = frozenset(inside) if len(inside) > 1 else frozenset[str]()
    amount = panel.quantity if quantity else panel.value_usd
    unit = {"unit": panel.unit} if quantity and "unit" in panel.columns else {}
    rows = panel.mutate(**{AMOUNT: amount}, group=ibis.null("string"), **unit)
    rows = rows.filter(among_products(rows, params.product))
    if chosen is not None:
        rows = on_list(rows, chosen)
    columns = ["year", "product", "group", AMOUNT, *unit]
    bought, sold = rows.importer.isin(inside), rows.exporter.isin(inside)
    own = rows.exporter == rows.importer
    imports = rows.filter(bought, ~own).select(*columns, partner="exporter")
    if members is not None:
        labels = sorted(labels_of(store, members))
        imports = imports.filter(imports.partner.isin(labels))
    outside = rows.filter(sold, ~bought)
    domestic = rows.filter(sold, own)
    has_own = not area and bool(store.count(domestic.limit(1)))
    made = rows.filter(sold).select(*columns)
    facts = Path(str(params.panel)).read_bytes()
    digest = hashlib.sha256(facts).hexdigest()[:16]
    return Supply(
        store,
        imports,
        "quantity" if quantity else "imports_usd",
        exports=outside.select(*columns, partner="importer"),
        world=rows.filter(~own).select(*columns, partner="exporter"),
        production=made if has_own else None,
        members=area,
        reporter=frozenset(inside),
        totals=WORLD_CODES | {row["area"] for row in store.fetch_rows(store.table("areas").select("area"))},
        notes=(
            f"From the panel {Path(str(params.panel)).name}, SHA-256 {digest}; imports of {params.reporter}.",
        ),
        why_empty=f"not_covered: the panel has no such imports of {params.reporter}",
        chosen=chosen,
    )


def reporter_codes(store: Store, reporter: str) -> list[str]:
    """ISO3 codes of a reporting country, or of the members of an area.

    Raises
    ------
    UnknownCodeError
        Nobody knows the reporter.
    """
    book = partner_book(store)
    found = book.named(reporter)
    if found is None:
        book.members([reporter])  # raises, naming near misses
        return []
    codes = {row["code"]: row["iso3"] or row["code"] for row in book.partners}
    return sorted({codes[member.code] for member in found if member.to_year is None})


def labels_of(store: Store, members: Sequence[Member], year: int | None = None) -> set[str]:
    """Labels of partners, of an area those that belong to it in a year (today where none is given)."""
    codes = {row["code"]: row["iso3"] or row["code"] for row in partner_book(store).partners}
    return {
        codes[member.code]
        for member in members
        if (year is None and member.to_year is None)
        or (
            year is not None
            and (member.from_year is None or member.from_year <= year)
            and (member.to_year is None or year <= member.to_year)
        )
    }
