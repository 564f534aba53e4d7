"""Which code has a country in Comtrade? ISO3 to its own numbers.

They are those of M49 except where Comtrade counts a customs territory: France with Monaco 251, India 699,
Norway with Svalbard 579, Switzerland with Liechtenstein 757, the United States with Puerto Rico 842; "other
Asia, not elsewhere specified", 490, stands for Taiwan. The publisher's own list was not read.
"""

from __future__ import annotations

from typing import Final

# fmt: off
REPORTERS: Final[dict[str, str]] = {
    "AFG": "4", "AGO": "24", "ALB": "8", "AND": "20", "ARE": "784", "ARG": "32",
    "ARM": "51", "ATG": "28", "AUS": "36", "AUT": "40", "AZE": "31", "BDI": "108",
    "BEL": "56", "BEN": "204", "BFA": "854", "BGD": "50", "BGR": "100", "BHR": "48",
    "BHS": "44", "BIH": "70", "BLR": "112", "BLZ": "84", "BOL": "68", "BRA": "76",
    "BRB": "52", "BRN": "96", "BTN": "64", "BWA": "72", "CAF": "140", "CAN": "124",
    "CHE": "757", "CHL": "152", "CHN": "156", "CIV": "384", "CMR": "120", "COD": "180",
    "COG": "178", "COL": "170", "COM": "174", "CPV": "132", "CRI": "188", "CUB": "192",
    "CYP": "196", "CZE": "203", "DEU": "276", "DMA": "212", "DNK": "208", "DOM": "214",
    "DZA": "12", "ECU": "218", "EGY": "818", "ERI": "232", "ESP": "724", "EST": "233",
    "ETH": "231", "FIN": "246", "FJI": "242", "FRA": "251", "GAB": "266", "GBR": "826",
    "GEO": "268", "GHA": "288", "GIN": "324", "GMB": "270", "GNB": "624", "GNQ": "226",
    "GRC": "300", "GRD": "308", "GTM": "320", "GUY": "328", "HKG": "344", "HND": "340",
    "HRV": "191", "HTI": "332", "HUN": "348", "IDN": "360", "IND": "699", "IRL": "372",
    "IRN": "364", "IRQ": "368", "ISL": "352", "ISR": "376", "ITA": "380", "JAM": "388",
    "JOR": "400", "JPN": "392", "KAZ": "398", "KEN": "404", "KGZ": "417", "KHM": "116",
    "KOR": "410", "KWT": "414", "LAO": "418", "LBN": "422", "LBR": "430", "LBY": "434",
    "LKA": "144", "LSO": "426", "LTU": "440", "LUX": "442", "LVA": "428", "MAC": "446",
    "MAR": "504", "MDA": "498", "MDG": "450", "MDV": "462", "MEX": "484", "MKD": "807",
    "MLI": "466", "MLT": "470", "MMR": "104", "MNE": "499", "MNG": "496", "MOZ": "508",
    "MRT": "478", "MUS": "480", "MWI": "454", "MYS": "458", "NAM": "516", "NER": "562",
    "NGA": "566", "NIC": "558", "NLD": "528", "NOR": "579", "NPL": "524", "NZL": "554",
    "OMN": "512", "PAK": "586", "PAN": "591", "PER": "604", "PHL": "608", "PNG": "598",
    "POL": "616", "PRK": "408", "PRT": "620", "PRY": "600", "QAT": "634", "ROU": "642",
    "RUS": "643", "RWA": "646", "SAU": "682", "SDN": "729", "SEN": "686", "SGP": "702",
    "SLB": "90", "SLE": "694", "SLV": "222", "SOM": "706", "SRB": "688", "SSD": "728",
    "SUR": "740", "SVK": "703", "SVN": "705", "SWE": "752", "SWZ": "748", "SYC": "690",
    "SYR": "760", "TCD": "148", "TGO": "768", "THA": "764", "TJK": "762", "TKM": "795",
    "TLS": "626", "TTO": "780", "TUN": "788", "TUR": "792", "TWN": "490", "TZA": "834",
    "UGA": "800", "UKR": "804", "URY": "858", "USA": "842", "UZB": "860", "VEN": "862",
    "VNM": "704", "YEM": "887", "ZAF": "710", "ZMB": "894", "ZWE": "716",
}
# fmt: on
