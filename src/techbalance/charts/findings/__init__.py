"""What do the rows of a chart say? Facts computed once, for the title, the text alternative and the marks."""

from techbalance.charts.findings.balances import (
    BalanceFinding,
    MonthlyFinding,
    RatioFinding,
    find_balance,
    find_monthly,
    find_ratio,
)
from techbalance.charts.findings.breakdowns import (
    OTHERS,
    RESIDUAL,
    TOTAL,
    ChangeFinding,
    GridFinding,
    RankFinding,
    find_change,
    find_grid,
    find_rank,
)
from techbalance.charts.findings.intellectual_property import IpFinding, find_ip
from techbalance.charts.findings.revisions import RevisionFinding, find_revisions
from techbalance.charts.findings.suppliers import ProductFinding, find_products
from techbalance.charts.findings.verdicts import VERDICTS, VerdictFinding, find_verdicts

__all__ = [
    "OTHERS",
    "RESIDUAL",
    "TOTAL",
    "VERDICTS",
    "BalanceFinding",
    "ChangeFinding",
    "GridFinding",
    "IpFinding",
    "MonthlyFinding",
    "ProductFinding",
    "RankFinding",
    "RatioFinding",
    "RevisionFinding",
    "VerdictFinding",
    "find_balance",
    "find_change",
    "find_grid",
    "find_ip",
    "find_monthly",
    "find_products",
    "find_rank",
    "find_ratio",
    "find_revisions",
    "find_verdicts",
]
