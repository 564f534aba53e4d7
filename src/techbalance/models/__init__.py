"""Solved models: arrays in, a frozen result record out, an error where nothing was solved."""
