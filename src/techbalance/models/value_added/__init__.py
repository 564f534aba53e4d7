"""Whose work is in what a country sells and buys? Value added traced through inter-country tables.

A table is read (``readers``), balanced (``balance``), solved (``leontief``), and then measured: trade in
value added (``trade``), nine terms of gross exports (``kww``), bilateral terms (``bilateral``), bounds for
trade in advanced technology products (``bounds``), and the work in it (``employment``).
"""
