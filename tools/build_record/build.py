"""Build every table of the record from the stored official files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import areas, checks, headline, ip, lists, macro, partners, trade
from .licences import attribution, require_shippable
from .provenance import (
    provenance_of,
    sorted_by_key,
    source_records,
    sources_in,
    table_of,
    write_json,
    write_table,
)
from .publications import load_publications
from .schemas import TABLES

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from .publications import Publication

# Tables whose rows carry no source id, and the publications they are made from.
SOURCES_OF = {
    "trade": [lists.IMPORT_SOURCE],
    "trade_outside_list": [lists.IMPORT_SOURCE],
    "products": [lists.IMPORT_SOURCE, lists.EXPORT_SOURCE],
    "partners": [partners.SCHEDULE_C_SOURCE, "census-country-2024-08"],
}


def build_record(data: Path, out: Path) -> dict[str, int]:
    """Write the tables, their provenance, ``sources.json`` and ``ATTRIBUTION.txt`` into ``out``.

    Returns
    -------
    dict
        Bytes per table.

    Raises
    ------
    LicenceError, SchemaError, CheckError
        Before anything is written.
    """
    publications = load_publications()
    require_shippable(publications.values())
    tables, findings = _tables(data, publications)
    out.mkdir(parents=True, exist_ok=True)
    sizes = {}
    for name, table in tables.items():
        path = write_table(table, TABLES[name], out)
        used = sorted({*sources_in(table), *SOURCES_OF.get(name, [])})
        write_json(
            provenance_of(table, TABLES[name], path, used, findings[name]), out / f"{name}.provenance.json"
        )
        sizes[name] = path.stat().st_size
    write_json(source_records(publications, tables, findings, SOURCES_OF, data), out / "sources.json")
    (out / "ATTRIBUTION.txt").write_text(attribution(publications.values()), encoding="utf-8")
    return sizes


Tables = dict[str, "pa.Table"]


def _tables(data: Path, publications: dict[str, Publication]) -> tuple[Tables, dict[str, checks.Findings]]:
    """Make every table, and check it alone and against the others."""
    printed = headline.printed_totals(data, publications)
    totals = headline.headline_totals(printed, publications)
    partner_rows = partners.partner_rows(data)
    rows: dict[str, list[dict[str, object]]] = {
        "headline": [_headline_row(total) for total in totals],
        "partners": partner_rows,
        "areas": areas.area_rows(partner_rows),
        "groups": lists.group_rows(),
        "calendar": areas.calendar_rows(),
        "ip_charges": ip.ip_rows(data, publications),
        "ip_charges_areas": ip.ip_area_rows(data, publications),
        "macro": macro.macro_rows(data, publications),
    }
    made = {name: table_of(content, TABLES[name]) for name, content in rows.items()}
    made |= _product_tables(data, publications)
    tables = {name: made[name] for name in TABLES}
    findings = {
        name: checks.Findings(checks.check_shape(table, TABLES[name])) for name, table in tables.items()
    }
    listed, outside = tables["trade"], tables["trade_outside_list"]
    findings["headline"].sums = checks.check_headline(
        totals, headline.printed_balances(printed), rows["areas"]
    )
    by_product = [
        *checks.check_trade(listed, outside, totals),
        checks.check_trade_by_partner(listed, outside, totals),
    ]
    findings["trade"].sums = findings["trade_outside_list"].sums = by_product
    traded = {code for table in (listed, outside) for code in table["partner"].unique().to_pylist()}
    findings["partners"].sums = checks.check_partner_codes(partner_rows, totals, traded)
    findings["ip_charges"].sums = [checks.check_ip(rows["ip_charges"], ip.newest_charges(data, publications))]
    return tables, findings


def _product_tables(data: Path, publications: dict[str, Publication]) -> Tables:
    """Make the tables that know ten-digit products."""
    imports, exports = lists.read_import_list(data), lists.read_export_list(data)
    membership = table_of(lists.membership_rows(imports, exports), TABLES["membership"])
    classified = trade.classified_trade(data, membership, publications)
    listed = sorted_by_key(trade.listed_trade(classified), TABLES["trade"])
    outside = sorted_by_key(trade.outside_trade(classified), TABLES["trade_outside_list"])
    products = lists.product_rows(imports, exports, listed["product"].to_pylist())
    return {
        "membership": membership,
        "trade": listed,
        "trade_outside_list": outside,
        "products": table_of(products, TABLES["products"]),
    }


def _headline_row(total: headline.Total) -> dict[str, object]:
    return {column.name: getattr(total, column.name) for column in TABLES["headline"].columns}
