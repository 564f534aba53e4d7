"""Recompute, trace and explain every number quoted about United States technology trade."""

from __future__ import annotations
