"""What is a brief about? One partner or area, one group, or one article; looked up before it is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from techbalance.claims.load import shipped
from techbalance.errors import NotCoveredError, ParameterError, UnknownCodeError
from techbalance.questions.claims_check import chosen_statements
from techbalance.questions.parameters.texts import GroupRef, PartnerRef
from techbalance.questions.scope import groups_in_words, partners_in_words
from techbalance.questions.selection import chosen_partners
from techbalance.store.userfiles import is_file

if TYPE_CHECKING:
    from techbalance.report.inquiry import Inquiry
    from techbalance.store.catalogue import Store

Kind = Literal["partner", "group", "article"]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a brief is about.

    Parameters
    ----------
    kind
        Partner, group or article.
    given
        Its text form, as questions take it.
    words
        How a sentence calls it.
    """

    kind: Kind
    given: str
    words: str

    @property
    def within(self) -> str:
        """Which imports are meant, as it follows the noun: ``from China``, ``in Electronics``."""
        return f"{'from' if self.kind == 'partner' else 'in'} {self.words}"

    @property
    def slug(self) -> str:
        """The brief's name in the names of its files."""
        plain = re.sub(r"[^a-z0-9]+", "-", self.words.lower()).strip("-")
        return f"{self.kind}-{plain or 'brief'}"[:60].rstrip("-")

    @property
    def only(self) -> dict[str, str]:
        """The parameter that keeps a question to the subject."""
        return {self.kind: self.given}


def partner(store: Store, given: str) -> Subject:
    """Look up partners or an area.

    Raises
    ------
    UnknownCodeError
        Nobody is called so.
    ParameterError
        It is the whole world, or the United States.
    """
    ref = PartnerRef.parse(given)
    if chosen_partners(store, ref) is None:
        raise ParameterError("the world is no partner of its own", remedy="Leave --partner out: report")
    return Subject("partner", str(ref), partners_in_words(store, ref))


def group(given: str) -> Subject:
    """Look up technology groups by code or name.

    Raises
    ------
    UnknownCodeError
        There is none of this code or name.
    """
    ref = GroupRef.parse(given)
    return Subject("group", str(ref), groups_in_words(ref))


def article(given: str) -> Subject:
    """Look up an article: one that ships, by the name of its claim file, or a claim file of one's own.

    Raises
    ------
    UnknownCodeError
        There is none of this name.
    SchemaError
        The file of one's own is not a claim file.
    """
    names = {file.name.removesuffix(".toml"): file for file in shipped()}
    plain = given.strip().removesuffix(".toml")
    if not is_file(given):
        if plain not in names:
            raise UnknownCodeError.among("article or claim file", given, names)
        file = names[plain]
        return Subject("article", ",".join(one.id for one in file.claims), file.article.title)
    ((file, _), *_) = chosen_statements(given)
    return Subject("article", given, file.article.title)


def years(inquiry: Inquiry, subject: Subject) -> tuple[int, int]:
    """Return the newest two years in a row in which imports of the subject are held, of twelve months each.

    Raises
    ------
    NotCoveredError
        There are no two such years, or nothing was imported in them.
    """
    rows = inquiry.ask("balance", **subject.only).rows()
    full = {row["year"]: row["imports_usd"] for row in rows if row["imports_usd"] and row["months"] == 12}
    pairs = [(year - 1, year) for year in sorted(full) if year - 1 in full]
    if not pairs:
        raise NotCoveredError(
            f"imports {subject.within} are not held for two full years in a row",
            where=f"held: {', '.join(map(str, sorted(full))) or 'none'}",
            remedy="techbalance status shows what is held; ingest or fetch further years",
        )
    return pairs[-1]
