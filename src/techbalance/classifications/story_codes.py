"""Which products are told as stories? Seven kinds, with their codes from 1988 on.

Codes and correspondences: WCO Harmonized System and the correlation tables of the UN Statistics Division
(HS2022 to HS2017, HS2017 to HS2012 and so on), many to many.
"""

from __future__ import annotations

from typing import Final

from techbalance.classifications.stories import Era, Part, Story

_PV_FAMILY: Final = ("854141", "854142", "854143", "854149")
_ACCUMULATORS: Final = ("850750", "850760", "850780")
_CIRCUITS_LEFT: Final = "circuits of several components left for 8542"

DISPLAYS: Final = Story(
    "displays",
    "flat-panel displays",
    (
        Part(
            "panels",
            "flat-panel displays",
            (
                Era(1988, ("901380",), wide=True),
                Era(
                    2022,
                    ("852411", "852412", "852419", "852491", "852492", "852499"),
                    join="break",
                    why="heading 8524 gathered panels from 483 codes, of which 9013.80 was one and held "
                    "other optical devices too; nothing bridges it",
                ),
            ),
        ),
        Part(
            "indicators",
            "indicator panels with LCD or LED",
            (
                Era(1988, ("853120",)),
                Era(2017, ("853120",), join="seam", why=_CIRCUITS_LEFT),
                Era(2022, ("853120",), join="break", why="panels left 8531.20 for 8524 and others for 8541"),
            ),
            counted=False,
        ),
        Part(
            "television-parts",
            "parts of television and radio apparatus",
            (
                Era(1988, ("852990",), wide=True),
                Era(
                    2022,
                    ("852990",),
                    wide=True,
                    join="break",
                    why="panel modules left 8529.90 for 8524, and parts came in from 483 codes",
                ),
            ),
            counted=False,
        ),
        Part("televisions", "colour television receivers", (Era(2007, ("852872",)),), counted=False),
    ),
    says="Until 2021 most panels were in the headings of what they are parts of (8529.90, 8531.20, 8473.30, "
    "8517.70), so 9013.80 is neither all panels nor panels alone.",
)

SOLAR: Final = Story(
    "solar",
    "solar cells and modules",
    (
        Part(
            "solar",
            "solar cells and modules",
            (
                Era(1988, ("854140",), wide=True, family=("854140",)),
                Era(
                    2022,
                    ("854142", "854143"),
                    family=_PV_FAMILY,
                    join="break",
                    why="8541.40 was divided: light-emitting diodes to .41, cells to .42, modules to .43, "
                    "other photosensitive devices to .49",
                ),
            ),
        ),
        Part("cells", "solar cells, not in modules", (Era(2022, ("854142",)),), counted=False),
        Part("modules", "solar modules", (Era(2022, ("854143",)),), counted=False),
        Part(
            "generators",
            "photovoltaic generators",
            (Era(2022, ("850171", "850172", "850180")),),
            counted=False,
        ),
        Part("wafers", "doped wafers, for solar cells and chips", (Era(1988, ("381800",)),), counted=False),
        Part("polysilicon", "silicon of 99.99 per cent and more", (Era(1988, ("280461",)),), counted=False),
    ),
    says="Until 2021 the code held light-emitting diodes and other photosensitive devices too.",
)

BATTERIES: Final = Story(
    "batteries",
    "lithium-ion batteries",
    (
        Part(
            "batteries",
            "lithium-ion batteries",
            (
                Era(1988, ("850780",), wide=True, family=("850780",)),
                Era(
                    2012,
                    ("850760",),
                    family=_ACCUMULATORS,
                    join="break",
                    why="8507.80 was divided: nickel-metal hydride to .50, lithium-ion to .60, others in .80",
                ),
            ),
        ),
        Part("battery-parts", "parts of accumulators", (Era(1988, ("850790",)),), counted=False),
        Part(
            "lithium",
            "lithium carbonate, oxide and hydroxide",
            (Era(1988, ("283691", "282520")),),
            counted=False,
        ),
    ),
    says="Lithium-ion batteries can be followed from 2012 on; what is not rechargeable (8506.50) is left "
    "out.",
)

SEMICONDUCTORS: Final = Story(
    "semiconductors",
    "semiconductors",
    (
        Part(
            "circuits",
            "integrated circuits",
            (
                Era(1988, ("8542",)),
                Era(
                    2007,
                    ("8542",),
                    join="break",
                    why="heading 8542 was rewritten by function; cards with circuits left it, multichip "
                    "circuits came in",
                ),
                # In the file of six-digit products what Mexico sold rose from $0.2bn to $1.4bn in that year,
                # all of it in 8542.33 and .39: no seam.
                Era(
                    2017,
                    ("8542",),
                    join="break",
                    why="circuits of several components came into 8542 from over a hundred codes",
                ),
            ),
        ),
        Part(
            "discrete",
            "diodes, transistors, crystals and parts",
            (Era(1988, ("854110", "854121", "854129", "854130", "854160", "854190")),),
        ),
        Part(
            "other-devices",
            "other semiconductor devices",
            (
                Era(1988, ("854150",)),
                Era(
                    2022,
                    ("854151", "854159"),
                    join="break",
                    why="8541.51 and .59 gathered devices from 157 codes",
                ),
            ),
        ),
        Part(
            "equipment",
            "machines that make semiconductors",
            (
                Era(2007, ("8486",)),
                Era(2022, ("8486",), join="seam", why="displays among their parts left 8486 for 8524"),
            ),
            counted=False,
        ),
    ),
    says="Light-emitting diodes and solar cells are left out: story solar has them.",
)

COMPUTERS: Final = Story(
    "computers",
    "computers and parts",
    (
        Part("laptops", "laptops and tablets", (Era(1996, ("847130",)),)),
        Part("desktops", "other complete computers", (Era(1996, ("847141", "847149")),)),
        Part("servers", "processing units and servers", (Era(1996, ("847150",)),)),
        Part(
            "input-output",
            "input and output units",
            (
                Era(1996, ("847160",)),
                Era(2007, ("847160",), join="break", why="printers left for 8443.3, monitors for 8528"),
            ),
        ),
        Part("storage", "storage units", (Era(1996, ("847170",)),)),
        Part("units", "other units", (Era(1996, ("847180",)),)),
        Part(
            "parts",
            "parts of computers",
            (
                Era(1996, ("847330",)),
                Era(2017, ("847330",), join="seam", why=_CIRCUITS_LEFT),
                Era(
                    2022,
                    ("847330",),
                    join="seam",
                    why="panel modules left 8473.30 for 8524",
                ),
            ),
        ),
        Part(
            "phones",
            "mobile telephones",
            (
                Era(2007, ("851712",)),
                Era(2017, ("851712",), join="seam", why=_CIRCUITS_LEFT),
                Era(
                    2022,
                    ("851713", "851714"),
                    join="seam",
                    why="some devices left 8517.12 for 8524 and 8541",
                ),
            ),
            counted=False,
        ),
    ),
)

AIRCRAFT: Final = Story(
    "aircraft",
    "aircraft, spacecraft and parts",
    (
        Part(
            "aircraft",
            "aircraft and spacecraft",
            (
                Era(1988, ("8802",)),
                Era(2022, ("8802",), join="seam", why="drones left 8802 for 8806"),
            ),
        ),
        Part("drones", "drones", (Era(2022, ("8806",)),)),
        Part(
            "parts",
            "parts of aircraft",
            (
                Era(1988, ("8803",)),
                Era(2022, ("8807",), join="seam", why="heading 8803 became 8807; displays left it for 8524"),
            ),
        ),
        Part("engines", "turbojets and their parts", (Era(1988, ("841112", "841191")),), counted=False),
    ),
    says="Drones with a camera were in 8525.80 until 2021, among cameras.",
)

PHARMA: Final = Story(
    "pharma",
    "biological and hormonal medicines",
    (
        Part(
            "blood-and-immune",
            "blood fractions and immunological products",
            (
                Era(1988, ("300210",)),
                Era(2017, ("300211", "300212", "300213", "300214", "300215", "300219")),
                Era(
                    2022,
                    ("300212", "300213", "300214", "300215"),
                    join="seam",
                    why="diagnostic kits left 3002 for 3822",
                ),
            ),
        ),
        Part("vaccines", "vaccines for people", (Era(1988, ("300220",)), Era(2022, ("300241",)))),
        Part(
            "cultures",
            "toxins, cultures, cell therapy",
            (
                Era(1988, ("300290",)),
                Era(2022, ("300249", "300251", "300259", "300290")),
            ),
        ),
        Part(
            "hormones",
            "medicines with insulin and other hormones",
            (
                Era(1988, ("300431", "300439")),
                Era(2022, ("300431", "300439"), join="seam", why="kits for trials left 3004 for 3006.93"),
            ),
        ),
        Part(
            "medicines",
            "other medicines in doses",
            (
                Era(1988, ("300490",)),
                Era(2017, ("300490", "300460"), join="same"),
                Era(
                    2022,
                    ("300490", "300460"),
                    join="seam",
                    why="kits for trials left 3004 for 3006.93",
                ),
            ),
        ),
    ),
)

STORIES: Final[dict[str, Story]] = {
    story.name: story for story in (DISPLAYS, SOLAR, BATTERIES, SEMICONDUCTORS, COMPUTERS, AIRCRAFT, PHARMA)
}
