"""What does a sentence say of charges for the use of intellectual property?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from techbalance.claims.prose.draft import signed

if TYPE_CHECKING:
    from techbalance.claims.prose.draft import Draft, Understood
    from techbalance.claims.prose.marks import Named


def charges(draft: Draft, text: str) -> Understood:
    """Such as: Germany earned $48bn from intellectual property abroad in 2023."""
    sheet = draft.sheet
    sheet.take_all(r"(?:from |for |in |of )?(?:the )?(?:charges for )?(?:the )?(?:use of )?@series\d+")
    if sheet.left("series"):
        draft.ask("one series: the sentence names several")
    draft.say("charges for the use of intellectual property, a service of the balance of payments")
    countries = cast("list[Named]", sheet.left("partner"))
    figure = draft.figure()
    flow = _charge_flow(draft)
    if figure and figure[0].unit == "ratio":
        return _times_as_much(draft, text, figure, flow)
    sheet.take_all(r"(?:with )?@partner\d+") if len(countries) == 1 and not sheet.has(
        r"with @partner\d+"
    ) else None
    if len(countries) + draft.is_ours != 1:
        draft.ask("whose charges: name one country")
    country = countries[0].code if countries else "USA"
    year = draft.year()
    if figure is None and flow in ("deficit", "surplus"):
        sign = "<" if flow == "deficit" else ">"
        filters = {"year": year, "country": country, "flow": "balance"}
        return draft.settle(text, "ip_level", filters, stated="0", unit="usd_billion", comparator=sign)
    if figure is None or not figure[0].unit.startswith("usd"):
        draft.ask("an amount in dollars")
        return draft.settle(text, "ip_level", {}, stated="0", unit="usd")
    stated, comparator = signed(*figure, -1 if flow == "deficit" else 1)
    filters = {
        "year": year,
        "country": country,
        "flow": "balance" if flow in ("deficit", "surplus") else flow,
    }
    return draft.settle(text, "ip_level", filters, stated=stated, unit=figure[0].unit, comparator=comparator)


def _charge_flow(draft: Draft) -> str:
    names = {
        "receipts": "earned|receipts|received|exports?",
        "payments": "paid|payments|imports?",
        "deficit": "deficit",
        "surplus": "surplus",
        "balance": "balance",
    }
    found = [name for name, words in names.items() if draft.sheet.take_all(words)]
    if len(found) != 1:
        draft.ask("one of receipts, payments, deficit and surplus")
        return ""
    return found[0]


def _times_as_much(draft: Draft, text: str, figure: Any, flow: str) -> Understood:  # noqa: ANN401
    """Such as: The United States earned about three times as much from it as Germany."""
    sheet = draft.sheet
    sheet.take("as (?:much|many|large|big)")
    countries = cast("list[Named]", sheet.left("partner"))
    sheet.take(r"as @partner\d+")
    sheet.take(r"@partner\d+")
    if len(countries) + draft.is_ours != 2:
        draft.ask("which two countries")
        return draft.settle(text, "ip_ratio", {}, stated="0")
    one = "USA" if draft.is_ours else countries[0].code
    filters = {"year": draft.year(), "country": one, "other_country": countries[-1].code, "flow": flow}
    return draft.settle(
        text, "ip_ratio", filters, stated=figure[0].digits, unit="ratio", comparator=figure[1]
    )
