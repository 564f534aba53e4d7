"""What does each column of an answer hold, and in which unit? One registry for every question."""

from __future__ import annotations

from typing import Final

from techbalance.questions.parameters.column import Column, Kind
from techbalance.questions.parameters.columns_change import CHANGE_COLUMNS
from techbalance.questions.parameters.columns_fetch import FETCH_COLUMNS
from techbalance.questions.parameters.columns_ladder import LADDER_COLUMNS
from techbalance.questions.parameters.columns_lists import LIST_COLUMNS
from techbalance.questions.parameters.columns_stories import STORY_COLUMNS
from techbalance.questions.parameters.columns_vintages import VINTAGE_COLUMNS
from techbalance.questions.parameters.six_digit import SIX_DIGIT_COLUMNS

__all__ = ["COLUMNS", "Column", "Kind"]

COLUMNS: Final[dict[str, Column]] = {
    # keys
    "year": Column("code", "", "Calendar year"),
    "quarter": Column("code", "", "Quarter, 2024-Q1"),
    "month": Column("code", "", "Month, 2024-01"),
    "period": Column("code", "", "Year, span of years, or month"),
    "group": Column("code", "", "Technology group, 01 to 10"),
    "group_name": Column("name", "", "Name of the technology group"),
    "partner": Column("code", "", "Partner: ISO3 code, or the Census code where there is none"),
    "partner_name": Column("name", "", "Name of the partner"),
    "product": Column("code", "", "Product code, ten digits"),
    "product_name": Column("name", "", "Short official text of the product code"),
    "flow": Column("code", "", "export (f.a.s., domestic and foreign) or import (general, customs value)"),
    "series": Column("code", "", "Published series"),
    "country": Column("code", "", "Country, ISO3"),
    "country_name": Column("name", "", "Name of the country"),
    # accounts
    "exports_usd": Column("money", "US dollars", "Total exports, f.a.s. value; null where not held"),
    "imports_usd": Column("money", "US dollars", "General imports, customs value; null where not held"),
    "balance_usd": Column("money", "US dollars", "Exports less imports; negative is a deficit"),
    "coverage_ratio": Column("ratio", "ratio", "Exports over imports; null without imports"),
    "months": Column("count", "months", "Months in the figure: 12 for a year, fewer for year-to-date"),
    "vintage": Column("date", "", "Day on which the publisher's figure was current"),
    "deficit_ratio": Column(
        "ratio", "ratio", "Deficit over the denominator's deficit; null unless both are deficits"
    ),
    "denominator": Column("code", "", "Series divided by"),
    "denominator_usd": Column("money", "US dollars", "Balance divided by; negative is a deficit"),
    "denominator_vintage": Column("date", "", "Day on which the denominator was current"),
    "note": Column("text", "", "Why a value is null, or what must be known to read it"),
    # rank and change
    "measure": Column("code", "", "What is ranked: balance, imports or exports"),
    "value_usd": Column("money", "US dollars", "The value; of a balance, negative is a deficit"),
    "rank": Column("count", "", "1 is the largest flow, or the largest deficit; equal values share a rank"),
    "previous_rank": Column("count", "", "Rank in the year before; null where not held"),
    "overtook": Column("text", "", "Who was ahead the year before and is behind now"),
    "from_usd": Column(
        "money", "US dollars", "Value in the first year; of an effect, the running total before it"
    ),
    "to_usd": Column(
        "money", "US dollars", "Value in the last year; of an effect, the running total after it"
    ),
    "change_usd": Column("money", "US dollars", "Last less first; of an effect, what it added"),
    "contribution_ratio": Column(
        "ratio", "ratio", "Change of the part over change of the whole; parts add to 1"
    ),
    "base_points": Column("ratio", "ratio", "Change of the part over the size of the whole at the start"),
    "growth_ratio": Column("ratio", "ratio", "Growth of what growth_of names; null across a change of sign"),
    "from_vintage": Column("date", "", "Day on which the figure of the first year was current"),
    "to_vintage": Column("date", "", "Day on which the figure of the last year was current"),
    "growth_of": Column("code", "", "deficit, surplus or flow"),
    # records
    "kind": Column("text", "", "Which record"),
    "as_of": Column("date", "", "Day whose knowledge decided it"),
    "superseded_by": Column("text", "", "Later period, or later data, that unmade it"),
    # reconcile
    "rebuilt_usd": Column("money", "US dollars", "Sum of the ten-digit products in the list"),
    "published_usd": Column("money", "US dollars", "The publisher's total"),
    "residual_usd": Column("money", "US dollars", "Rebuilt less published"),
    "exact_usd": Column("money", "US dollars", "Products in the list of their own year"),
    "nearest_usd": Column("money", "US dollars", "Products in the nearest list held"),
    "parent_usd": Column(
        "money",
        "US dollars",
        "Products the nearest list lacks, whose eight-digit parent is wholly in one group",
    ),
    "undecided_usd": Column(
        "money", "US dollars", "Products whose parent is mixed or absent; they count as zero"
    ),
    "not_atp_usd": Column("money", "US dollars", "Products outside the list"),
    "list_year": Column("code", "", "Year of the list that decided"),
    # intellectual property
    "receipts_usd": Column(
        "money", "US dollars", "Charges received for the use of intellectual property, n.i.e."
    ),
    "payments_usd": Column(
        "money", "US dollars", "Charges paid for the use of intellectual property, n.i.e."
    ),
    "conduit": Column("text", "", "Marks economies whose receipts may be shifted profits; null for others"),
    "atp_balance_usd": Column(
        "money", "US dollars", "Balance in Advanced Technology Products (goods, Census basis)"
    ),
    "atp_cover_ratio": Column(
        "ratio", "ratio", "Intellectual property balance (services, BOP basis) over the ATP deficit"
    ),
    "atp_vintage": Column("date", "", "Day on which the ATP balance was current"),
    "receipts_rank": Column("count", "", "1 is the largest receiver of the year among all countries held"),
    "receipts_share": Column("ratio", "ratio", "Receipts over the world's receipts, in [0, 1]"),
    "payments_share": Column("ratio", "ratio", "Payments over the world's payments, in [0, 1]"),
    "world_vintage": Column("date", "", "Day on which the world's figure was current"),
    "against": Column("code", "", "Country divided by, ISO3"),
    "against_receipts_usd": Column("money", "US dollars", "Receipts of the country divided by"),
    "receipts_ratio": Column("ratio", "ratio", "Receipts over those of the country divided by; null over 0"),
    "receipts_revision_usd": Column(
        "money", "US dollars", "Receipts less those of the vintage before; null in the first"
    ),
    "balance_revision_usd": Column(
        "money", "US dollars", "Balance less that of the vintage before; null in the first"
    ),
    "quoted_usd": Column("money", "US dollars", "What an article quoted; the note names the flow"),
    "quoted_gap_usd": Column("money", "US dollars", "Figure less the quoted one; null where none was quoted"),
    # dependence
    "level": Column("code", "", "What a row is: product, group, or all (the whole list)"),
    "consumption_usd": Column("money", "US dollars", "Imports for consumption, customs value"),
    "quantity": Column("number", "unit of the panel", "Quantity; null where units differ"),
    "hhi": Column(
        "ratio",
        "ratio",
        "Sum of squared shares of suppliers, 0 to 1 (0.42 is 4,200 points); null without trade",
    ),
    "hhi_normalised": Column(
        "ratio", "ratio", "The index from 0 (all equal) to 1 (one); null for one supplier"
    ),
    "effective_suppliers": Column(
        "number", "suppliers", "One over the index: equal suppliers that would give it"
    ),
    "top_partner": Column("code", "", "Largest supplier, ISO3 or Census code"),
    "top_partner_name": Column("name", "", "Name of the largest supplier"),
    "top_share": Column("ratio", "ratio", "Share of the largest supplier in imports"),
    "top3_share": Column("ratio", "ratio", "Share of the three largest suppliers in imports"),
    "suppliers": Column("count", "suppliers", "Suppliers with imports above zero"),
    "suppliers_counted": Column(
        "code", "", "Which suppliers the normalised index counts: observed, or all there are"
    ),
    "is_single_point": Column(
        "flag", "", "Whether the largest share reaches that of a single point of failure"
    ),
    "flags": Column("text", "", "Criteria met, and single_point; none where nothing is"),
    "friend_share": Column("ratio", "ratio", "Share of the friends named, in imports"),
    "other_share": Column("ratio", "ratio", "Share of all who are not friends; both add to 1"),
    "screen": Column("code", "", "Rule that was judged"),
    "flag": Column("flag", "", "Whether the rule holds over its years; null where it cannot be judged"),
    "criteria_met": Column("text", "", "Criteria met of those that could be judged in the year"),
    "persistence": Column(
        "text", "", "Years in which all criteria that could be judged were met, of years seen"
    ),
    "distance": Column(
        "ratio",
        "unit of the measure",
        "How far beyond its threshold the criterion is; negative is short of it",
    ),
    "nearest_criterion": Column("code", "", "The criterion least far beyond its threshold, which decides"),
    "criterion": Column("code", "", "One criterion of the screen"),
    "measured": Column("code", "", "What the criterion looks at, and on which side"),
    "value": Column("ratio", "unit of the measure", "Value of the measure; null where it is not held"),
    "comparator": Column("code", "", "How the value is held against the threshold"),
    "threshold": Column("ratio", "unit of the measure", "Threshold of the criterion"),
    "is_met": Column("flag", "", "Whether the criterion is met; null where it cannot be judged"),
    "threshold_status": Column("code", "", "read in the source, or unverified"),
    # stress
    "stage": Column("count", "", "Stage of the shock, from 1"),
    "without": Column("text", "", "Suppliers that fail"),
    "loss_usd": Column("money", "US dollars", "Imports that are lost; at least 0"),
    "recovered_usd": Column("money", "US dollars", "What others make good at the low capacity"),
    "recovered_high_usd": Column("money", "US dollars", "What others make good at the high capacity"),
    "shortfall_usd": Column("money", "US dollars", "Loss less recovered, at the low capacity"),
    "shortfall_low_usd": Column("money", "US dollars", "Loss less recovered, at the high capacity"),
    "lost_share": Column("ratio", "ratio", "Loss over imports; null without imports"),
    "price_effect": Column(
        "ratio", "log points", "Modelled rise of the import price index, median of the draws; null says why"
    ),
    "price_effect_low": Column("ratio", "log points", "The same, 5th percentile of the draws"),
    "price_effect_high": Column("ratio", "log points", "The same, 95th percentile of the draws"),
    "sigma": Column("number", "", "Elasticity of substitution, median of the draws"),
    "sigma_from": Column("text", "", "Source of the elasticity, and the step by which it was found"),
    "covered_share": Column("ratio", "ratio", "Share of imports in products with a price effect"),
    "capacity": Column(
        "text", "", "Assumed share of their exports by which others can sell more, low and high"
    ),
    "capacity_basis": Column("text", "", "Exports of which the capacity is a share"),
    "bound_usd": Column("money", "US dollars", "No set of as many suppliers does more harm"),
    "is_exact": Column("flag", "", "Whether the worst case is proven, or only bounded"),
    # exposure and diversion
    "industry": Column("code", "", "Using industry, code of the table"),
    "face_share": Column("ratio", "ratio", "Share of the partner in direct inputs, own country's included"),
    "lookthrough_share": Column(
        "ratio", "ratio", "Share of the partner in all inputs, suppliers' suppliers counted (L - I)"
    ),
    "output_share": Column(
        "ratio", "ratio", "The same of all output called for, the industry's own included (L)"
    ),
    "lookthrough_ratio": Column("ratio", "ratio", "Looked through over face value; null where that is 0"),
    "lag": Column("count", "years", "Years by which purchases run ahead"),
    "sales_change_usd": Column("money", "US dollars", "Change of the partner's sales to us"),
    "avoided_change_usd": Column("money", "US dollars", "Change of the avoided supplier's sales to us"),
    "purchases_change_usd": Column(
        "money",
        "US dollars",
        "Change of the partner's purchases from the avoided supplier; null where not held",
    ),
    "is_pattern": Column("flag", "", "Whether the avoided sold less, the partner sold more and bought more"),
    "passed_on_usd": Column("money", "US dollars", "The most that can have been passed on; at least 0"),
    "passed_on_share": Column("ratio", "ratio", "The same over the partner's gains"),
    "correlation": Column("ratio", "ratio", "Rank correlation of changes across products, mean over years"),
    "p_value": Column("ratio", "ratio", "Share of random pairings with as large a correlation"),
    # value added
    "gross_balance_usd": Column("money", "US dollars", "Gross exports less imports; negative is a deficit"),
    "vax_ratio": Column("ratio", "ratio", "Value added used abroad over gross exports; null without exports"),
    "foreign_share": Column("ratio", "ratio", "Value added of others in gross exports (VS), in [0, 1]"),
    "forward_share": Column(
        "ratio", "ratio", "Own value added in the exports of others (VS1), over own gross exports"
    ),
    "participation_ratio": Column("ratio", "ratio", "Foreign share plus forward share"),
    "term": Column("code", "", "Term of the decomposition, T1 to T9"),
    "term_name": Column("name", "", "What the term holds"),
    "export_share": Column("ratio", "ratio", "Term over gross exports; the nine add to 1"),
    "variant": Column("code", "", "Which bilateral decomposition"),
    "returned_home_usd": Column("money", "US dollars", "Own value added that comes back and is used at home"),
    "domestic_double_usd": Column("money", "US dollars", "Own value added counted more than once"),
    "foreign_value_added_usd": Column("money", "US dollars", "Value added of others"),
    "foreign_double_usd": Column("money", "US dollars", "Value added of others counted more than once"),
    "absorber": Column("code", "", "Country whose final demand it is"),
    "value_added_usd": Column(
        "money",
        "US dollars",
        "Value added: of exports, what is used abroad; null where only an interval is known",
    ),
    "demand_share": Column("ratio", "ratio", "Part of the final demand; all origins add to 1"),
    "value_added_balance_usd": Column(
        "money", "US dollars", "Value added the absorber sells there less what it buys; negative is a deficit"
    ),
    "made_in": Column("code", "", "Country whose value added it is"),
    "gross_usd": Column("money", "US dollars", "Gross trade; of a balance, negative is a deficit"),
    "low_usd": Column("money", "US dollars", "Lowest value added that the assumptions allow"),
    "high_usd": Column("money", "US dollars", "Highest value added that the assumptions allow"),
    "processing": Column("code", "", "How processing trade is treated: unknown, corrected, or split"),
    "low_persons": Column("number", "persons", "Lowest number of persons that the assumptions allow"),
    "high_persons": Column("number", "persons", "Highest number of persons that the assumptions allow"),
    # ideas and things
    "ip_receipts_usd": Column("money", "US dollars", "Charges received for intellectual property"),
    "ip_payments_usd": Column("money", "US dollars", "Charges paid for intellectual property"),
    "ip_balance_usd": Column("money", "US dollars", "Receipts less payments, of one year"),
    "rd_ratio": Column("ratio", "ratio", "Research and development over GDP"),
    "researchers_per_million": Column(
        "count", "persons", "Researchers per million people, full-time equivalents"
    ),
    "patents": Column("count", "applications", "Patent applications by residents"),
    "hightech_exports_usd": Column(
        "money", "US dollars", "High-technology exports as the World Bank defines them; not ATP"
    ),
    "hightech_share": Column("ratio", "ratio", "High-technology exports over manufactured exports"),
    "merch_exports_usd": Column("money", "US dollars", "Merchandise exports"),
    "merch_imports_usd": Column("money", "US dollars", "Merchandise imports"),
    "merch_balance_usd": Column("money", "US dollars", "Merchandise exports less imports, of one year"),
    "manufacturing_va_usd": Column("money", "US dollars", "Value added of all manufacturing"),
    "chemicals_va_usd": Column("money", "US dollars", "Value added: chemicals (C20)"),
    "pharmaceuticals_va_usd": Column("money", "US dollars", "Value added: pharmaceuticals (C21)"),
    "weapons_va_usd": Column("money", "US dollars", "Value added: weapons and ammunition (C252)"),
    "electronics_va_usd": Column("money", "US dollars", "Value added: computers, electronics, optics (C26)"),
    "electrical_va_usd": Column("money", "US dollars", "Value added: electrical equipment (C27)"),
    "machinery_va_usd": Column("money", "US dollars", "Value added: machinery (C28)"),
    "vehicles_va_usd": Column("money", "US dollars", "Value added: motor vehicles (C29)"),
    "transport_va_usd": Column(
        "money", "US dollars", "Value added: rail, military, other transport equipment (C30X)"
    ),
    "aerospace_va_usd": Column("money", "US dollars", "Value added: aircraft and spacecraft (C303)"),
    "medical_va_usd": Column("money", "US dollars", "Value added: medical and dental instruments (C325)"),
    "ideas_share": Column("ratio", "ratio", "Share of the world in ideas, in [0, 1]"),
    "making_share": Column("ratio", "ratio", "Share of the world in technology exports, in [0, 1]; not ATP"),
    "gap_log": Column("ratio", "ratio", "Logarithm of ideas share over making share; above 0 leads in ideas"),
    "gap_z": Column("ratio", "standard deviations", "Ideas over GDP less making over GDP, each standardised"),
    "gap_rank": Column("number", "places", "Rank in making less rank in ideas; above 0 leads in ideas"),
    "place_log": Column("number", "place", "Place by the log ratio; 1 is the largest lead of ideas"),
    "place_z": Column("number", "place", "Place by the z-score"),
    "place_rank": Column("number", "place", "Place by the difference of ranks"),
    "place_spread": Column("number", "places", "Worst place less best; 0: normalisation does not matter"),
    "industry_code": Column("code", "", "Industry, ISIC Rev. 4; hamilton is seven of them together"),
    "industry_name": Column("name", "", "Name of the industry"),
    "world_share": Column("ratio", "ratio", "Share of the industry's value added in the world, in [0, 1]"),
    "location_quotient": Column(
        "ratio", "ratio", "Weight of the industry in the country over its weight in the world; 1 is average"
    ),
    "edition": Column("code", "", "Edition of the tables the figure is from"),
    "regressor": Column("code", "", "What the outcome is regressed on"),
    "estimate": Column("ratio", "outcome per unit", "Change of the outcome with one unit of the regressor"),
    "low_estimate": Column(
        "ratio", "outcome per unit", "Lower end of the 95 % interval; null where it has none"
    ),
    "high_estimate": Column(
        "ratio", "outcome per unit", "Upper end of the 95 % interval; null where it has none"
    ),
    "bootstrap_p": Column("ratio", "ratio", "How often chance alone gives as much"),
    "dk_error": Column("ratio", "outcome per unit", "Driscoll-Kraay standard error"),
    "without_low": Column("ratio", "outcome per unit", "Lowest estimate with one country left out"),
    "without_high": Column("ratio", "outcome per unit", "Highest estimate with one country left out"),
    "placebo_estimate": Column("ratio", "outcome per unit", "The same for other merchandise"),
    "placebo_p": Column("ratio", "ratio", "How often chance alone gives as much for the placebo"),
    "observations": Column("count", "", "Countries and years in the estimate"),
    # what if
    "outcome": Column("code", "", "What the model says: welfare, imports, price_paid, revenue and so on"),
    "part": Column(
        "code",
        "",
        "all (in world models: the United States), or partner, group, product, country, sector; "
        "of a story, its part",
    ),
    "part_name": Column("name", "", "Name of the part"),
    "low": Column("measured", "", "Change, low end: 5th of 100 draws in order; null without draws"),
    "central": Column("measured", "", "Change, median of the draws; null where only bounds are meant"),
    "high": Column("measured", "", "Change, high end: 95th of 100 draws in order; null without draws"),
    "base": Column("measured", "", "Value before, where the outcome is the change of a value held"),
    "model": Column("code", "", "Model: partial, one-sector, multi-sector, or all models together"),
    "elasticity_source": Column("text", "", "Where the elasticities come from"),
    "closure": Column("text", "", "What is held fixed"),
    "modelled": Column("flag", "", "Always yes: a model's figure under assumptions, no measurement"),
    "parameter": Column("text", "", "Assumption that is moved alone, all others at their centre"),
    "swing": Column("measured", "", "High less low"),
    "low_setting": Column("text", "", "Setting of the assumption that gives the low end"),
    "high_setting": Column("text", "", "Setting of the assumption that gives the high end"),
    "parameter_source": Column("text", "", "Where the assumption comes from"),
    "key": Column("text", "", "Setting of the scenarios"),
    "first": Column("text", "", "Its value in the first scenario; null is the default"),
    "second": Column("text", "", "Its value in the second scenario; null is the default"),
    # claims
    "claim_id": Column("code", "", "Which statement"),
    "stated": Column("text", "", "What is stated, with its unit"),
    "recomputed": Column("text", "", "What the record says, with its unit"),
    "verdict": Column(
        "code",
        "",
        "reproduced, reproduced-on-vintage, definition-dependent, differs, not-covered, interpretation",
    ),
    "comparison": Column("code", "", "exact, rounded, truncated or bound"),
    "basis": Column("text", "", "Denominator or concept on which it holds"),
    "bracketed_by": Column("text", "", "Two vintages between which the stated figure lies"),
    "reason": Column("text", "", "The verdict in one sentence"),
    "text": Column("text", "", "The statement in our own words, or the sentence that was handed in"),
    "read_as": Column("text", "", "How a sentence was read: measure, series, place and years"),
    "reference": Column("text", "", "Question whose answer shows the figure"),
    "article": Column("text", "", "Where it was stated"),
    "published": Column("text", "", "When it was stated"),
    "metric": Column("code", "", "How it is measured"),
    # trace and cite
    "step": Column("code", "", "figure, formula, row or source"),
    "what": Column("text", "", "What stands at this step"),
    "table": Column("code", "", "Stored table"),
    "rows": Column("count", "rows", "Rows"),
    "source_id": Column("code", "", "Source record"),
    "file": Column("text", "", "File the figures were taken from"),
    "record": Column("text", "", "Repository, commit and path of the copy read"),
    "sha256": Column("text", "", "SHA-256 of that file"),
    "citation": Column("text", "", "Citation as text"),
    "bibtex": Column("text", "", "Citation as BibTeX"),
    # sources, status, check
    "publisher": Column("text", "", "Who publishes the figures"),
    "title": Column("text", "", "What they are"),
    "licence": Column("text", "", "Terms under which they may be passed on"),
    "cadence": Column("text", "", "How often they appear"),
    "unit": Column("text", "", "Unit of the figures, of a source as published"),
    "coverage": Column("text", "", "What is covered"),
    "provides": Column("text", "", "Tables it fills, and by what"),
    "from_year": Column("code", "", "First year it covers"),
    "to_year": Column("code", "", "Last year it covers; null while it goes on"),
    "verified": Column("flag", "", "Whether address and shape were confirmed against the publisher"),
    "held": Column("flag", "", "Whether anything of it is held"),
    "address": Column("text", "", "Official page"),
    "first_period": Column("code", "", "First period held"),
    "last_period": Column("code", "", "Last period held"),
    "vintages": Column("count", "", "Revisions held"),
    "age_days": Column("count", "days", "Days since the newest vintage"),
    "origin": Column("code", "", "record (ships with the package), store (the user's own), or both"),
    "check": Column("code", "", "Which check"),
    "status": Column("code", "", "pass or fail"),
    "where": Column("text", "", "The failing row"),
    "expected_usd": Column("money", "US dollars", "What it must be"),
    "found_usd": Column("money", "US dollars", "What it is"),
    "difference_usd": Column("money", "US dollars", "Found less expected"),
    "tolerance_usd": Column("money", "US dollars", "Largest difference that printed rounding allows"),
    # effects of a change
    **CHANGE_COLUMNS,
    # fetching
    **FETCH_COLUMNS,
    # moving up the value chain
    **LADDER_COLUMNS,
    # product lists
    **LIST_COLUMNS,
    # products over time
    **STORY_COLUMNS,
    # revisions and releases
    **VINTAGE_COLUMNS,
    **SIX_DIGIT_COLUMNS,
}
