"""How does the official record become the tables that ship inside the package?

``python -m tools.build_record --data ../shared/data --out src/techbalance/record`` reads the stored official
files, checks them against each other, and writes one Parquet table per noun with a provenance file beside it.
A check that fails, or a source that may not be shipped, stops the build: nothing is written then.
"""
