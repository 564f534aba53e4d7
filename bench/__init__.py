"""Timings, runnable by anyone: ``python -m bench`` runs them all, ``python -m bench.cold_shell`` one."""
