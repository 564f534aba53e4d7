"""Recompute, trace and explain every number quoted about United States technology trade."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from techbalance.api import TechBalance

__all__ = ["open"]


def open(home: Path | str | None = None) -> TechBalance:  # noqa: A001 - read as techbalance.open
    """Open the bundled record and the user's store; every question is a method of what comes back.

    Parameters
    ----------
    home
        The user's store; the platform's folder, or ``TECHBALANCE_HOME``, when left out.
    """
    from techbalance.api import TechBalance

    return TechBalance(home)
