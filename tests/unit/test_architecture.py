"""The house: which room may know which, and which code may touch files, engines and the network."""

import ast
import importlib.metadata
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from techbalance.questions.parameters.columns import COLUMNS
from techbalance.questions.registry import QUESTIONS

PACKAGE = "techbalance"
SOURCE = Path(__file__).parents[2] / "src" / PACKAGE

# DESIGN: arrows point one way. A room may import what its arrows lead to, and whatever those lead to.
ARROWS: dict[str, set[str]] = {
    "errors": set(),
    # Ibis, as modules of expressions take it.
    "outline": set(),
    "record": set(),
    "sources": set(),
    "classifications": set(),
    "claims": {"classifications"},
    "charts": {"classifications"},
    "indicators": {"classifications"},
    "models": {"classifications"},
    "store": {"classifications", "sources", "record"},
    "questions": {"claims", "charts", "indicators", "models", "store"},
    # What a process does that works for another.
    "processes": set(),
    "report": {"questions", "processes"},
    "api": {"questions"},
    # The served pages are made of the report's blocks and templates.
    "web": {"questions", "report", "processes"},
    "mcp": {"questions"},
    # The command line also starts the other surfaces.
    "cli": {"questions", "report", "web", "mcp"},
}
LONGEST_MODULE = 400  # written lines; a file that needs more answers more than one question
NO_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "base", "core", "tools"}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def modules(folder: Path = SOURCE) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def name_of(path: Path) -> str:
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path, *, everywhere: bool = True) -> Iterator[str]:
    """Full names a module imports: anywhere in it, or only when it is itself imported."""
    for node in ast.walk(parsed(path)) if everywhere else _at_import(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _at_import(tree: ast.AST) -> Iterator[ast.AST]:
    """Statements that run when the module is imported: none in functions, none for type checkers."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        yield node
        yield from _at_import(node)


def room(name: str) -> str | None:
    """The room of a full module name; None for the package itself and for what is not ours."""
    parts = name.split(".")
    return parts[1] if parts[0] == PACKAGE and len(parts) > 1 and parts[1] in ARROWS else None


@cache
def reachable(start: str) -> frozenset[str]:
    found, ahead = {start, "errors", "outline"}, [start]
    while ahead:
        for other in ARROWS[ahead.pop()] - found:
            found.add(other)
            ahead.append(other)
    return frozenset(found)


def test_every_room_is_drawn():
    rooms = {
        path.stem if path.is_file() else path.name for path in SOURCE.iterdir() if path.name[0] not in "_."
    }
    rooms = {
        name
        for name in rooms
        if (SOURCE / f"{name}.py").is_file() or (SOURCE / name / "__init__.py").is_file()
    }
    assert rooms <= set(ARROWS)


def test_arrows_point_one_way():
    wrong = {
        f"{name_of(path)} imports {name}"
        for path in modules()
        if (here := room(name_of(path))) is not None
        for name in imported(path)
        if room(name) is not None and room(name) not in reachable(here)
    }
    assert not wrong


def test_the_arrows_themselves_never_lead_back():
    for start, others in ARROWS.items():
        assert all(start not in reachable(other) for other in others)


def test_rooms_side_by_side_do_not_know_each_other():
    side_by_side = {"claims", "charts", "indicators", "models", "store"}
    for one in side_by_side:
        assert not reachable(one) & (side_by_side - {one})


def users_of(*libraries: str, everywhere: bool = True) -> dict[str, str]:
    """Module and what it imports of these libraries."""
    found = {}
    for path in modules():
        for name in imported(path, everywhere=everywhere):
            if name.split(".")[0] in libraries or name in libraries:
                found[name_of(path)] = name
    return found


def test_only_sources_know_the_network():
    network = (
        "httpx",
        "requests",
        "stamina",
        "urllib.request",
        "http",
        "socket",
        "ftplib",
        "aiohttp",
        "urllib3",
    )
    assert {name for name in users_of(*network) if room(name) not in ("sources", "web")} == set()


def test_only_the_store_opens_engines():
    assert {
        name for name in users_of("duckdb", "pyspark", "clickhouse_connect", "chdb") if room(name) != "store"
    } == set()
    opens = re.compile(r"read_parquet\(|\.raw_sql\(|\.sql\(|read_table\(|read_schema\(|ibis\.\w+\.connect\(")
    wrong = []
    for path in modules():
        if room(name_of(path)) in ("store", "sources"):
            continue
        wrong += [
            f"{name_of(path)}:{node.lineno}"
            for node in ast.walk(parsed(path))
            if isinstance(node, ast.Call) and opens.search(ast.unparse(node.func) + "(")
        ]
    assert not wrong


@pytest.mark.parametrize("libraries", [("pandas", "polars")], ids=["frames"])
def test_rows_do_not_travel_through_another_frame(libraries: tuple[str, ...]):
    """Only where a user leaves with a frame of their own: the answer, and the Stata file."""
    rooms = {"answer", "representations"}
    assert set(users_of(*libraries)) <= {f"techbalance.questions.{room}" for room in rooms}


def test_models_take_arrays_and_claims_take_nothing():
    pure = {
        "claims": ("ibis", "pyarrow", "numpy", "duckdb"),
        "models": ("ibis", "duckdb", "altair"),
        "indicators": ("altair",),
    }
    for one, libraries in pure.items():
        assert {name for name in users_of(*libraries) if room(name) == one} == set(), one


TABLE_LIBRARIES = ("ibis", "duckdb", "pyarrow", "pandas", "polars", "numpy", "scipy", "altair")


def test_parameters_import_no_table_library():
    known = users_of(*TABLE_LIBRARIES)
    assert {name for name in known if name.startswith("techbalance.questions.parameters")} == set()


def test_help_imports_no_table_library():
    code = (
        "import sys; from techbalance.cli.main import run; code = run(sys.argv[1:]);"
        f"heavy = sorted(set({TABLE_LIBRARIES!r}) & set(sys.modules)); print(code, heavy, file=sys.stderr)"
    )
    for arguments in (["--help"], ["balance", "--help"], ["--version"]):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", code, *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stderr.strip().splitlines()[-1:] == ["0 []"], (arguments, done.stderr)


def test_a_module_answers_one_question():
    texts = {path: path.read_text(encoding="utf-8").splitlines() for path in modules()}
    written = {name_of(path): sum(1 for line in lines if line.strip()) for path, lines in texts.items()}
    assert {name: lines for name, lines in written.items() if lines > LONGEST_MODULE} == {}
    assert {name_of(path) for path in texts if path.stem in NO_NAMES} == set()
    assert {name_of(path) for path in texts if not ast.get_docstring(parsed(path))} == set()


def test_nothing_is_left_to_do():
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    left = [name_of(path) for path in modules() if marks.search(path.read_text(encoding="utf-8"))]
    assert not left


# --- columns ----------------------------------------------------------------------------------------------


def test_every_column_a_question_promises_is_described():
    promised = {name for question in QUESTIONS.values() for name in question.columns}
    assert promised <= set(COLUMNS)


def test_every_described_column_is_somewhere_in_the_code():
    """Columns that depend on the parameters are named in the question's module."""
    promised = {name for question in QUESTIONS.values() for name in question.columns}
    texts = "\n".join(
        path.read_text(encoding="utf-8") for path in modules() if not path.match("*/parameters/columns.py")
    )
    unused = {name for name in set(COLUMNS) - promised if not re.search(rf"\b{name}\b", texts)}
    assert not unused


def test_money_is_told_by_its_name():
    for name, column in COLUMNS.items():
        if name.endswith("_usd"):
            assert column.kind == "money", name
            assert "dollar" in column.unit.lower(), name
        if name.endswith("_ratio"):
            assert column.kind == "ratio", name


# --- what is tracked --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tracked(root: Path) -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this is no checkout")
    return [root / name for name in done.stdout.decode().split("\0") if name and (root / name).is_file()]


def test_no_place_of_one_machine_is_tracked(tracked: list[Path]):
    """Home folders, build folders and package mirrors of whoever wrote a file stay with them."""
    place = re.compile(
        rb"(?<![\w.~$/])/(?:home|root|Users|work|tmp)/[A-Za-z0-9_.-]+/|https?://(?:localhost|127\.|10\.|192\.168\.)[^\s\"']*/simple"
    )
    allowed = {Path(__file__).name}
    found = {
        str(path.name): place.search(path.read_bytes())
        for path in tracked
        if path.suffix not in {".parquet", ".png", ".gz"} and path.name not in allowed
    }
    assert {name: hit[0] for name, hit in found.items() if hit} == {}


def test_the_pin_against_the_broken_release_holds(root: Path):
    """A fresh resolve keeps sqlglot below 30.18, which removed an interface that ibis 12.0.0 calls."""
    import tomllib

    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = [one for one in project["dependencies"] if re.match(r"sqlglot\b", one)]
    assert pins == ["sqlglot<30.18"]
    installed = tuple(int(part) for part in importlib.metadata.version("sqlglot").split(".")[:2])
    assert installed < (30, 18)
    assert "sqlglot<30.18" in (importlib.metadata.requires(PACKAGE) or [])


# What only one family of systems has. Where it is needed, the other's way stands beside it, behind os.name.
OF_ONE_SYSTEM = {"fcntl", "msvcrt", "resource", "termios", "pwd", "grp", "winreg", "_winapi"}
CALLS_OF_A_SYSTEM = {"fork", "forkpty", "getuid", "uname", "setsid"}
PLACE_OF_A_SYSTEM = re.compile(r"^(/tmp|/dev|/proc|/var|/etc|/usr|[A-Z]:\\)")


def bound_to_one_system(node: ast.AST) -> bool:
    """Whether a line names a place, a call or a way to start processes that only some systems have."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and PLACE_OF_A_SYSTEM.match(node.value) is not None
    if isinstance(node, ast.Attribute):
        return node.attr in CALLS_OF_A_SYSTEM and isinstance(node.value, ast.Name) and node.value.id == "os"
    if not isinstance(node, ast.Call) or getattr(node.func, "attr", "") != "get_context":
        return False
    return any(isinstance(one, ast.Constant) and "fork" in str(one.value) for one in node.args)


def test_nothing_is_bound_to_one_system():
    found = [
        f"{name_of(path)}: {name}"
        for path in modules()
        for name in imported(path, everywhere=False)
        if name.partition(".")[0] in OF_ONE_SYSTEM
    ]
    for path in modules():
        found += [
            f"{name_of(path)}:{node.lineno}" for node in ast.walk(parsed(path)) if bound_to_one_system(node)
        ]
    assert not found
