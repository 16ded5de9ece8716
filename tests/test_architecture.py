"""The layer table as a test: imports go down only, and every file stays readable in one go."""

import ast
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

import forecast

PACKAGE = Path(forecast.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

LAYERS = {
    "errors": 0, "plan": 0, "left": 0, "arrays": 0, "columns": 0, "jit": 0, "reference": 0,
    "workers": 0,
    "kernel": 1, "strength": 1, "counts": 1,
    "config": 2, "lowering": 2, "proof": 2,
    "simulate": 3, "tables": 3,
    "report": 4, "tabulate": 4,
    "bench": 5, "pipeline": 5, "supposing": 5, "backtest": 5, "cli": 5,
    "": 6, "__main__": 6,
}  # fmt: skip
"""Room → layer; the package itself and `__main__` are the doors."""

SAME_LAYER = {
    ("arrays", "plan"),
    ("columns", "plan"),
    ("left", "plan"),
    ("cli", "backtest"),  # a verb calls the replay
    ("cli", "bench"),  # a verb calls the measurement
    ("cli", "pipeline"),  # a verb calls the flow
    ("cli", "supposing"),  # same
    ("proof", "config"),  # who meets whom in a bracket
    ("counts", "kernel"),  # the tally of a kernel call becomes counts
}
"""Pairs (importer, imported) of one layer; with no way back they make no cycle."""

MOST_FUNCTION_LINES = 45
MOST_MODULE_LINES = 320
LONG_MODULES = {
    "arrays.py": "one table of the arrays that cross borders: mostly their description",
    "plan.py": "what a forecast is: one frozen description after the other",
    "config/models.py": "the schema of the files, key by key",
}


def name_of(path):
    return path.relative_to(PACKAGE).as_posix()


def room_of(path):
    first = path.relative_to(PACKAGE).parts[0]
    return "" if first == "__init__.py" else first.removesuffix(".py")


@cache
def nodes_of(path):
    return tuple(ast.walk(ast.parse(path.read_text("utf-8"))))


def imports_of(path):
    """Every module that a file imports anywhere, functions included."""
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}: relative import"
            assert node.module is not None
            if node.module == "forecast":
                yield from (f"forecast.{alias.name}" for alias in node.names)
            else:
                yield node.module


def goes_down(importer, imported):
    same_room = importer == imported
    return same_room or LAYERS[imported] < LAYERS[importer] or (importer, imported) in SAME_LAYER


def test_every_room_has_a_layer():
    assert {room_of(path) for path in MODULES} <= set(LAYERS)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_between_rooms_go_down_only(path):
    rooms = {name.split(".")[1] for name in imports_of(path) if name.startswith("forecast.")}
    upwards = {room for room in rooms if not goes_down(room_of(path), room)}
    assert not upwards


def test_pairs_of_one_layer_make_no_cycle():
    assert not {(b, a) for a, b in SAME_LAYER} & SAME_LAYER
    assert all(LAYERS[a] == LAYERS[b] for a, b in SAME_LAYER)


def test_the_rule_catches_an_import_that_goes_up():
    assert not goes_down("kernel", "tables")
    assert not goes_down("tables", "simulate")
    assert goes_down("tables", "strength")


def users_of(*modules):
    return {
        room_of(path)
        for path in MODULES
        for name in imports_of(path)
        if any(name == module or name.startswith(f"{module}.") for module in modules)
    }


def test_only_config_reads_toml_and_csv():
    assert users_of("tomllib", "csv", "pydantic") == {"config"}
    readers = {room_of(path) for path in MODULES if "read_csv" in path.read_text("utf-8")}
    assert readers <= {"config"}


def test_frames_are_made_in_tables_and_used_above():
    assert users_of("polars") <= {
        "tables", "report", "tabulate", "pipeline", "supposing", "backtest", "cli",
    }  # fmt: skip


def test_terminal_libraries_stay_at_the_top():
    assert users_of("rich", "typer") <= {"report", "cli"}


def test_only_what_compiles_and_its_measurement_touch_numba():
    assert users_of("numba") <= {"jit", "reference", "kernel", "bench"}


KERNEL_IMPORTS = ("__future__", "typing", "collections.abc", "math", "numpy", "numba")


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("kernel/*.py")), ids=name_of)
def test_the_kernel_has_no_files_no_exceptions_and_no_hidden_randomness(path):
    for name in imports_of(path):
        own = ("kernel", "arrays", "jit", "reference")
        allowed = (*KERNEL_IMPORTS, *(f"forecast.{room}" for room in own))
        assert name.startswith(allowed), name
    assert not [n for n in nodes_of(path) if isinstance(n, ast.Raise | ast.Try | ast.With)]
    called = {ast.unparse(n.func) for n in nodes_of(path) if isinstance(n, ast.Call)}
    assert not {name for name in called if name in {"open", "print", "input"} or "random" in name}


def functions_of(path):
    for node in nodes_of(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            described = node.body[0] if ast.get_docstring(node) else None
            docstring = described.end_lineno - described.lineno + 1 if described else 0
            yield node.name, node.end_lineno - node.lineno + 1 - docstring


def test_functions_are_short():
    long = {
        (name_of(path), name): lines
        for path in MODULES
        for name, lines in functions_of(path)
        if lines > MOST_FUNCTION_LINES  # a docstring does not count
    }
    assert not long


def test_modules_are_short():
    lengths = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    long = {name: lines for name, lines in lengths.items() if lines > MOST_MODULE_LINES}
    assert not {name: lines for name, lines in long.items() if name not in LONG_MODULES}


def test_no_module_is_called_utils():
    assert not [path for path in MODULES if path.stem in {"utils", "helpers", "common", "misc"}]


def test_layers_are_written_in_order():
    assert all(lower <= upper for lower, upper in pairwise(LAYERS.values()))
