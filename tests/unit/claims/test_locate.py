"""The line of a key, found without the parser's help."""

from techbalance.claims.locate import find_line, key_lines

TEXT = '''\
# a comment with a = sign
top = 1
[article]
title = """
id = "not a key"
[not.a.table]
"""
note.long = "x"
[[claims]]
id = "A"   # [[claims]]
[claims.tolerance]
value = 1

[[claims]]
"id" = "B"
filters = { year = 2007, to = 3 }
[[claims.tests]]
name = "n"
[[claims.tests]]
name = "m"
countries = [
  "a = b",
]
'''


def test_every_key_has_its_line():
    assert key_lines(TEXT) == {
        ("top",): 2,
        ("article",): 3,
        ("article", "title"): 4,
        ("article", "note", "long"): 8,
        ("claims", 0): 9,
        ("claims", 0, "id"): 10,
        ("claims", 0, "tolerance"): 11,
        ("claims", 0, "tolerance", "value"): 12,
        ("claims", 1): 14,
        ("claims", 1, "id"): 15,
        ("claims", 1, "filters"): 16,
        ("claims", 1, "tests", 0): 17,
        ("claims", 1, "tests", 0, "name"): 18,
        ("claims", 1, "tests", 1): 19,
        ("claims", 1, "tests", 1, "name"): 20,
        ("claims", 1, "tests", 1, "countries"): 21,
    }


def test_a_key_without_a_line_of_its_own_is_on_that_of_its_table():
    assert find_line(TEXT, ("claims", 1, "filters", "year")) == 16
    assert find_line(TEXT, ("claims", 0, "unit")) == 9
    assert find_line(TEXT, ("claims", 1, "tests", 1, "countries", 0)) == 21
    assert find_line(TEXT, ("nowhere",)) is None
    assert find_line("", ("article",)) is None
