"""Every chart once, as a Vega-Lite specification: rows of an answer in, a figure out."""

from techbalance.charts.annual import annual_balance
from techbalance.charts.change import change_waterfall
from techbalance.charts.concentration import concentration_points
from techbalance.charts.denominators import deficit_ratios
from techbalance.charts.effects import effect_waterfall
from techbalance.charts.figure import Figure
from techbalance.charts.heat_map import group_partner_heat_map
from techbalance.charts.ideas import gap_ranking, idea_paths
from techbalance.charts.intellectual_property import intellectual_property
from techbalance.charts.ladder import ladder_points
from techbalance.charts.monthly import monthly_balance
from techbalance.charts.origins import value_added_origins
from techbalance.charts.persistence import persistence_strip
from techbalance.charts.policy import imports_before_after, outcome_by_rate, outcome_ranges, tornado_bars
from techbalance.charts.products import product_suppliers
from techbalance.charts.ranking import ranked_bars
from techbalance.charts.revisions import revised_values
from techbalance.charts.rows import Credit, Origin
from techbalance.charts.story import story_lines
from techbalance.charts.stress import stress_waterfall
from techbalance.charts.verdicts import verdict_tiles

__all__ = [
    "Credit",
    "Figure",
    "Origin",
    "annual_balance",
    "change_waterfall",
    "concentration_points",
    "deficit_ratios",
    "effect_waterfall",
    "gap_ranking",
    "group_partner_heat_map",
    "idea_paths",
    "imports_before_after",
    "intellectual_property",
    "ladder_points",
    "monthly_balance",
    "outcome_by_rate",
    "outcome_ranges",
    "persistence_strip",
    "product_suppliers",
    "ranked_bars",
    "revised_values",
    "story_lines",
    "stress_waterfall",
    "tornado_bars",
    "value_added_origins",
    "verdict_tiles",
]
