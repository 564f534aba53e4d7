"""The error tree: what the docstring draws is what there is, and every message has its three parts."""

import ast
import inspect
import pickle
import re
from typing import Any

import pytest

import techbalance
from techbalance import errors
from techbalance.errors import (
    LONGEST_SHOWN,
    ConvergenceError,
    ParameterError,
    TechbalanceError,
    UnknownCodeError,
    shortened,
)

DEFINED = {
    name: kind
    for name, kind in vars(errors).items()
    if inspect.isclass(kind) and issubclass(kind, TechbalanceError)
}
LINE = re.compile(r"^ {4}(?P<tree>[│├└─ ]*)(?P<name>\w+Error)\s+(?P<code>\d|exit)\s+\S")


def drawn() -> list[tuple[int, str, str]]:
    """Depth, name and exit code of every line of the tree; the root stands under the heads of the columns."""
    found = []
    for line in (errors.__doc__ or "").splitlines():
        match = LINE.match(line)
        if match:
            found.append((len(match["tree"]) // 4, match["name"], match["code"]))
    return found


def test_the_tree_of_the_docstring_is_the_tree_of_the_classes():
    parents: dict[str, str | None] = {}
    above: list[str] = []
    for depth, name, _ in drawn():
        del above[depth:]
        parents[name] = above[-1] if above else None
        above.append(name)
    assert set(parents) == set(DEFINED)
    for name, parent in parents.items():
        if parent is not None:
            assert DEFINED[name].__mro__[1] is DEFINED[parent], name


def test_the_exit_codes_of_the_docstring_are_those_of_the_classes():
    codes = {name: int(code) for depth, name, code in drawn() if depth}
    assert codes == {name: kind.exit_code for name, kind in DEFINED.items() if kind is not TechbalanceError}


def test_exit_codes_are_those_of_the_contract():
    assert {kind.exit_code for kind in DEFINED.values()} == {2, 3, 4, 5}


def test_an_unknown_code_is_a_lookup_error_too():
    assert issubclass(UnknownCodeError, LookupError)


@pytest.mark.parametrize(
    ("where", "remedy", "text"),
    [
        ("", "", "what."),
        ("place", "", "what (place)."),
        ("", "Do this", "what. Do this."),
        ("place", "Did you mean 'x'?", "what (place). Did you mean 'x'?"),
    ],
)
def test_a_message_says_what_where_and_what_to_do(where: str, remedy: str, text: str):
    wrong = TechbalanceError("what", where=where, remedy=remedy)
    assert str(wrong) == text
    assert (wrong.what, wrong.where, wrong.remedy) == ("what", where, remedy)


def test_near_names_are_offered_and_short_lists_are_shown_whole():
    near = UnknownCodeError.among("group", "Biotechnolgy", ["Biotechnology", "Weapons"])
    assert str(near) == "unknown group 'Biotechnolgy'. Did you mean 'Biotechnology'?"
    assert str(UnknownCodeError.among("flow", "xyz", ["export", "import"])).endswith("Known: export, import.")
    assert (
        str(UnknownCodeError.among("partner", "xyz", [str(one) for one in range(100, 200)]))
        == "unknown partner 'xyz'."
    )


def test_a_long_text_is_cut_in_a_message():
    wrong = UnknownCodeError.among("partner", "x" * 10_000, ["China"])
    assert len(str(wrong)) < LONGEST_SHOWN * 2
    assert shortened("short") == "'short'"


def test_a_model_that_did_not_converge_says_how_far_it_was():
    wrong = ConvergenceError("the market did not clear", residual=0.5, iterations=7)
    assert (wrong.residual, wrong.iterations) == (0.5, 7)
    assert "residual 0.5 after 7 steps" in str(wrong)


@pytest.mark.parametrize(
    "error",
    [
        ParameterError("wrong", where="here", remedy="Mend it"),
        UnknownCodeError.among("partner", "Chian", ["China"]),
        ConvergenceError("the model did not converge", residual=0.5, iterations=7),
        errors.UnreachableError("no answer", retry_after=2.0),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_travels_between_processes_with_every_fact(error: TechbalanceError):
    there = pickle.loads(pickle.dumps(error))  # noqa: S301 - made here
    assert type(there) is type(error)
    assert (str(there), there.args, vars(there)) == (str(error), error.args, vars(error))


ENTRIES: dict[str, Any] = {
    "an unknown question": lambda tb: tb.balanse,
    "a reference of nothing": lambda tb: tb.ask("nothing"),
    "a broken reference": lambda tb: tb.ask("balance?year=%ff"),
    "a span of text": lambda tb: tb.balance(year=object()),
    "a partner of bytes": lambda tb: tb.balance(partner=b"\xff"),
    "a nested list": lambda tb: tb.balance(by=[["year"]]),
    "a top of text": lambda tb: tb.rank(year=2024, top="all"),
    "an unknown list": lambda tb: tb.balance(list="mine"),
    "a day of text": lambda tb: tb.records(as_of="soon"),
    "no such answer": lambda tb: tb.trace(what="f" * 12),
    "a store of a name too long": lambda tb: techbalance.open("x" * 9_999),
}


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_every_entry_answers_a_wrong_call_with_an_error_of_ours(tb: Any, entry: Any):
    with pytest.raises((TechbalanceError, AttributeError)) as caught:
        entry(tb)
    if isinstance(caught.value, AttributeError):
        assert "unknown question" in str(caught.value)


def test_no_module_raises_an_error_of_another_kind(root: Any):
    """Ours alone; but a validator raises what its library makes one of ours, and a protocol what it says."""
    allowed = set(DEFINED) | {"ValueError", "AttributeError", "TypeError", "Exit"}
    wrong = []
    for path in sorted((root / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                called = node.exc.func
                name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
                if name[:1].isupper() and name not in allowed:
                    wrong.append(f"{path.relative_to(root)}:{node.lineno}: {name}")
    assert not wrong
