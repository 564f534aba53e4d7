"""Which products does a declared rule call dependent, for how long, and how far from its thresholds?"""
