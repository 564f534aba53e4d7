"""What do the words of a document mean? The same text in every document."""

from __future__ import annotations

from typing import Final

DEFINITIONS: Final[tuple[tuple[str, str], ...]] = (
    (
        "Advanced technology products",
        "Goods under ten-digit tariff codes that the US Census Bureau lists because a significant part "
        "of each code is leading-edge in a recognised field of high technology. The list is of "
        "products, not of industries, and is issued anew each year for imports and for exports. "
        "Figures on other lists of high technology are another thing, and may differ several times "
        "over.",
    ),
    (
        "Balance",
        "Exports less imports. A negative balance is a deficit, a positive one a surplus.",
    ),
    (
        "General imports, f.a.s.",
        "Imports are general imports at customs value: what arrives, whether for use or for a bonded "
        "warehouse, without freight and insurance. Exports are valued free alongside ship and include "
        "goods sent on unchanged after import.",
    ),
    (
        "Census basis, balance-of-payments basis",
        "Census basis counts goods as they cross the border. The balance of payments adjusts them for "
        "changes of ownership, coverage and timing; only there are services added to goods.",
    ),
    (
        "Not seasonally adjusted",
        "Figures of advanced technology products are published as they fall, so that a month compares "
        "with the same month of another year.",
    ),
    (
        "Full year, year to date",
        "A full year is twelve months. Fewer are year to date: they compare with the same months of "
        "another year, and are never shown as a year. In charts they are hollow.",
    ),
    (
        "Vintage",
        "The day on which a published figure was current; where only the month is known, its last day. "
        "The same month or year has several figures, one to each vintage.",
    ),
    (
        "Ratio of deficits",
        "The technology deficit divided by a trade deficit. Both are net balances, so the ratio is no "
        "share: it can pass 100%, and is not given when either is a surplus. It takes the vintage of "
        "the denominator nearest to the numerator's.",
    ),
    (
        "Printed figure, sum of months",
        "Publishers round annual totals and months apart, so that twelve months can differ from the "
        "printed year in the last digit. The printed annual figure is read where there is one, "
        "otherwise the sum, and a note says so.",
    ),
    (
        "Undecided codes",
        "Ten-digit codes younger than the list held, whose eight-digit parent is partly on it or "
        "absent. They count as zero and are shown as a line of their own.",
    ),
    (
        "Charges for the use of intellectual property",
        "Receipts and payments for the use of patents, trademarks, copyrights, processes and designs, "
        "a service of the balance of payments. Outright sales of patents and some software and "
        "audiovisual licences are elsewhere.",
    ),
    (
        "Conduit",
        "An economy that hosts much investment without activity there. Its receipts may be profits "
        "shifted for tax. The mark is a caution beside a figure.",
    ),
    (
        "Verdicts",
        "Reproduced: true of the newest figures, or of those of the article's date. Reproduced on a "
        "vintage: true of an earlier revision, which is named. Depends on the definition: true with "
        "the denominator or concept named. Differs: no stored vintage agrees. Not covered: nothing "
        "stored decides it, and a source that could is named. Interpretation: no single number decides "
        "it.",
    ),
)
