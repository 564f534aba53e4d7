"""What the OECD sends: messages of generic data, SDMX-ML 2.1, made from few figures.

The form is that of the standard's schema and of what public clients read; the interface was not reached.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from tests.publisher.server import Answer

XML = {"Content-Type": "application/vnd.sdmx.genericdata+xml; charset=utf-8; version=2.1"}
SPACE = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
YEARS = (2021, 2022)
# Receipts and payments in millions; the area at the end is a sum of countries.
AREAS = {"USA": (130_000.5, 55_000.25), "DEU": (40_000.0, 20_000.0), "EU27_2020": (300_000.0, 250_000.0)}
CHARGES = {
    "REF_AREA": "USA",
    "COUNTERPART_AREA": "W",
    "MEASURE": "SH",
    "ACCOUNTING_ENTRY": "C",
    "FS_ENTRY": "T",
    "FREQ": "A",
    "UNIT_MEASURE": "USD_EXC",
    "ADJUSTMENT": "N",
}
VALUE_ADDED = {
    "MEASURE": "EXGR",
    "REF_AREA": "USA",
    "ACTIVITY": "_T",
    "COUNTERPART_AREA": "W",
    "UNIT_MEASURE": "USD",
    "FREQ": "A",
}
MILLIONS = {"UNIT_MULT": "6"}
Series = tuple[Mapping[str, str], Mapping[str, str], Mapping[Any, tuple[str | None, str]]]


def message(
    series: Iterable[Series], *, prepared: str = "2026-11-20T10:00:00", at: str = "TIME_PERIOD"
) -> bytes:
    """A message of series: codes, attributes, and by period a value with its status."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<message:GenericData xmlns:message="{SPACE}/message" '
        f'xmlns:generic="{SPACE}/data/generic" xmlns:common="{SPACE}/common"><message:Header>'
        f"<message:ID>IREF000001</message:ID><message:Test>false</message:Test><message:Prepared>{prepared}"
        f'</message:Prepared><message:Sender id="OECD"/><message:Structure structureID="DSD" '
        f'dimensionAtObservation="{at}"><common:Structure><Ref id="DSD" agencyID="OECD" version="1.0" '
        f'class="DataStructure"/></common:Structure></message:Structure></message:Header>'
        f'<message:DataSet structureRef="DSD" action="Information">{"".join(map(_series, series))}'
        "</message:DataSet></message:GenericData>"
    ).encode()


def _series(one: Series) -> str:
    codes, attributes, figures = one
    marks = f"<generic:Attributes>{_values(attributes)}</generic:Attributes>" if attributes else ""
    observations = "".join(
        f'<generic:Obs><generic:ObsDimension value="{period}"/>'
        + (f'<generic:ObsValue value="{value}"/>' if value is not None else "")
        + f"<generic:Attributes>{_values({'OBS_STATUS': status})}</generic:Attributes></generic:Obs>"
        for period, (value, status) in figures.items()
    )
    return (
        f"<generic:Series><generic:SeriesKey>{_values(codes)}</generic:SeriesKey>{marks}{observations}"
        "</generic:Series>"
    )


def _values(codes: Mapping[str, str]) -> str:
    return "".join(f'<generic:Value id="{name}" value="{code}"/>' for name, code in codes.items())


def charges(extra: float = 0.0, years: Iterable[int] = YEARS) -> list[Series]:
    """Receipts and payments of every area, the total above them, and a year without a figure."""
    years = list(years)
    found: list[Series] = []
    for area, values in AREAS.items():
        for entry, value in zip("CD", values, strict=True):
            figures: dict[Any, tuple[str | None, str]] = {
                year: (str(value + year - 2021 + extra), "A") for year in years
            }
            if (area, entry) == ("DEU", "D"):
                figures[years[-1]] = (None, "M")
            found.append((CHARGES | {"REF_AREA": area, "ACCOUNTING_ENTRY": entry}, MILLIONS, figures))
    found.append((CHARGES | {"MEASURE": "S"}, MILLIONS, {2022: ("900000", "A")}))
    return found


def value_added(measure: str, years: Iterable[int] = YEARS) -> list[Series]:
    """One indicator, of all industries and of computers and electronics."""
    return [
        (
            VALUE_ADDED | {"MEASURE": measure, "REF_AREA": area, "ACTIVITY": activity},
            MILLIONS,
            {year: (f"{1_000 * at + year}", "E" if year == 2022 else "A") for year in years},
        )
        for area in ("USA", "CHN", "WXD")
        for at, activity in enumerate(("_T", "C26", "C"), start=1)
    ]


def answer(series: Iterable[Series], **more: Any) -> Answer:
    """The message as it is sent."""
    return Answer(200, message(series, **more), XML)
