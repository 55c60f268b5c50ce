"""A lower layer never imports a higher one, siblings leave each other alone, and starting up stays light."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHELVES = ("models", "scenarios", "reports", "seeds")

# A module may import modules of a smaller number only. A package counts as one module: inside it imports are free.
# So plan and layout stand here once each, whatever parts of a company they have modules for.
LAYERS: dict[str, float] = {
    "errors": 0.0,
    "months": 0.0,
    "memory": 0.0,
    "money": 0.1,
    "rows": 0.1,
    "identity": 0.1,
    "distributions": 0.9,
    "streams": 1.0,
    "uncertain": 1.0,
    "summary": 1.0,
    "survival": 1.0,
    "paired": 1.1,
    "replicates": 1.1,
    "sampling": 1.2,
    "posterior": 1.1,
    "scoring": 1.1,
    "company": 2.0,
    "patch": 2.9,
    "scenario": 3.0,
    "changes": 3.0,
    "facts": 3.0,
    "actuals": 3.0,
    "outcomes": 3.0,
    "evidence": 3.0,
    "plan": 4.0,
    "layout": 4.1,
    "library": 4.0,
    "engine": 5.0,
    "measures": 5.9,
    "forecast": 6.0,
    "workers": 1.0,
    "cluster": 1.1,
    "checkpoint": 1.1,
    "sensitivity": 2.0,
    "precise": 6.5,
    "simulation": 7.0,
    "raising": 8.0,
    "difference": 8.0,
    "comparing": 8.0,
    "fit": 8.0,
    "learning": 8.0,
    "statements": 8.0,
    "basecase": 8.0,
    "why": 8.0,
    "axes": 7.5,
    "ruinmap": 8.0,
    "levers": 8.1,
    "reaching": 8.2,
    "portfolio": 9.0,
    "calibrate": 8.5,
    "backtest": 9.0,
    "dossier": 9.0,
    "report": 9.5,
    "cli": 10.0,
    "web": 10.0,
    "__init__": 11.0,
    "__main__": 11.0,
}

AT_RUN_TIME = "<a name made at run time>"

# Pairs that are apart although the numbers would allow it.
APART = {("report", "engine"): "a report shows results and never computes them"}

# The packages from outside that a module may import, besides the standard library.
OUTSIDE: dict[str, set[str]] = {
    "errors": set(),
    "months": set(),
    "memory": {"numpy"},
    "money": set(),
    "rows": set(),
    "identity": {"numpy"},
    "distributions": {"numpy", "scipy"},
    "streams": {"numpy", "scipy"},
    "uncertain": {"numpy", "scipy"},
    "summary": {"numpy"},
    "survival": {"numpy", "scipy"},
    "paired": {"numpy"},
    "replicates": {"numpy", "scipy"},
    "sampling": {"numpy", "scipy"},
    "precise": set(),
    "posterior": {"numpy"},
    "scoring": {"numpy", "scipy"},
    "company": {"numpy", "pydantic", "pydantic_core"},
    "patch": set(),
    "changes": set(),
    "scenario": {"pydantic", "pydantic_core"},
    "facts": {"pydantic", "pydantic_core"},
    "actuals": set(),
    "outcomes": {"numpy", "scipy"},
    "evidence": {"tomlkit"},
    "plan": {"numpy"},
    "layout": {"numpy"},
    "library": {"pydantic", "pydantic_core"},
    "engine": {"numpy"},
    "measures": {"numpy"},
    "forecast": {"numpy", "pandas"},
    "simulation": {"numpy"},
    "raising": {"numpy", "pandas", "scipy"},
    "difference": {"numpy", "pandas"},
    "fit": {"numpy", "pandas"},
    "learning": {"numpy", "scipy"},
    "statements": {"numpy", "pandas"},
    "basecase": {"numpy"},
    "comparing": {"numpy"},
    "levers": {"numpy"},
    "reaching": {"numpy"},
    "workers": set(),
    "cluster": {"dask", "distributed"},
    "checkpoint": {"numpy"},
    "sensitivity": {"numpy"},
    "why": {"numpy"},
    "axes": {"numpy"},
    "ruinmap": {"numpy"},
    "portfolio": {"numpy", "openpyxl", "pydantic"},
    "calibrate": {"numpy", "pandas", "scipy", "threadpoolctl"},
    "backtest": {"numpy", "pandas", "scipy"},
    "dossier": {"pandas"},
    "report": {"jinja2", "markupsafe", "matplotlib", "numpy", "pandas", "pydantic", "pydantic_core", "xlsxwriter"},
    "cli": {AT_RUN_TIME, "rich", "tomlkit", "typer"},  # the modules of its commands, loaded when they are first used
    "web": set(),
    "__init__": {AT_RUN_TIME},  # the public names, loaded when they are first used
    "__main__": set(),
}

# What comes with a dependency we declare and is part of its interface.
COMES_WITH = {"distributed": "dask", "markupsafe": "jinja2", "pydantic_core": "pydantic", "rich": "typer"}

# Functions that import what they are given.
BY_CALL = {"__import__", "import_module"}


@dataclass(frozen=True, slots=True)
class Import:
    """One import: of what, on which line, and whether inside a function."""

    name: str
    line: int
    inside_function: bool


def imports_of(source: str, package: str) -> Iterator[Import]:
    """All imports of a source text that stands in the package, each as a full dotted name.

    `from tarmac import money` counts as `tarmac.money`, because it may name a module; so does `import_module("...")`.
    """
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    within = {id(node) for function in functions for node in ast.walk(function)}
    for node in ast.walk(tree):
        for name in _names(node, package):
            yield Import(name, getattr(node, "lineno", 0), id(node) in within)


def _names(node: ast.AST, package: str) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=module, names=names, level=level):
            parts = package.split(".")[: 1 - level or None] if level else []
            base = ".".join([*parts, module] if module else parts)
            return [f"{base}.{alias.name}" for alias in names]
        case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called), args=args) if called in BY_CALL:
            match args:
                case [ast.Constant(value=str(name)), *_]:
                    return [name]
            return [AT_RUN_TIME]
        case _:
            return []


def module_of(path: Path, root: Path) -> str:
    """The module of the table that a file belongs to: `engine` for `tarmac/engine/ledger.py`."""
    return path.relative_to(root / "tarmac").with_suffix("").parts[0]


def violations(root: Path) -> list[str]:
    """Everything the files of the package do against the tables, as readable lines."""
    found = []
    for path in sorted((root / "tarmac").rglob("*.py")):
        module = module_of(path, root)
        where = path.relative_to(root).as_posix()
        if module not in LAYERS:
            found.append(f"{where}: {module} has no layer: give it one in LAYERS and OUTSIDE")
            continue
        package = ".".join(path.relative_to(root).parent.parts)
        for item in imports_of(path.read_text(encoding="utf-8"), package):
            found += [f"{where}:{item.line}: {fault}" for fault in _faults(module, item)]
    return found


def _faults(module: str, item: Import) -> Iterator[str]:
    first, *rest = item.name.split(".")
    if first == "tarmac":
        if item.inside_function:
            yield f"{item.name} is imported inside a function"
        target = rest[0] if rest and rest[0] in LAYERS else "__init__"
        if target == module:
            return
        if LAYERS[target] >= LAYERS[module]:
            yield f"{module} (layer {LAYERS[module]}) imports {item.name} ({target}, layer {LAYERS[target]})"
        if (module, target) in APART:
            yield f"{module} imports {item.name}: {APART[module, target]}"
    elif first not in sys.stdlib_module_names and first not in OUTSIDE[module]:
        yield f"{module} may not import {first}"


def test_the_tables_name_the_same_modules() -> None:
    assert LAYERS.keys() == OUTSIDE.keys()


def test_layers() -> None:
    assert (ROOT / "tarmac" / "__init__.py").is_file()
    found = violations(ROOT)
    assert not found, "\n" + "\n".join(found)


def test_every_outside_package_in_use_is_a_declared_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked_for = [*project["dependencies"], *project["optional-dependencies"]["dask"]]
    declared = {re.split(r"[^\w-]", line)[0].lower() for line in asked_for}
    used = {
        item.name.split(".")[0]
        for path in (ROOT / "tarmac").rglob("*.py")
        for item in imports_of(path.read_text(encoding="utf-8"), "tarmac")
    }
    outside = used - sys.stdlib_module_names - {"tarmac", AT_RUN_TIME}
    assert {COMES_WITH.get(name, name) for name in outside} <= declared


def test_no_python_on_the_shelves() -> None:
    found = [path for shelf in SHELVES for path in (ROOT / shelf).rglob("*.py*")]
    assert not found
    assert all((ROOT / shelf / "README.md").is_file() for shelf in SHELVES)


@pytest.mark.parametrize("command", [["-c", "import tarmac"], ["-m", "tarmac", "--help"]], ids=" ".join)
def test_starting_up_is_light(command: list[str]) -> None:
    result = subprocess.run(
        [sys.executable, "-X", "importtime", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    lines = result.stderr.splitlines()
    assert result.returncode == 0, [line for line in lines if not line.startswith("import time:")]
    loaded = {line.rpartition("|")[2].strip() for line in lines}
    assert "tarmac" in loaded
    assert not _below(loaded, ["scipy.stats", "pandas", "matplotlib"])


def _below(loaded: Iterable[str], heavy: list[str]) -> list[str]:
    return sorted(name for name in loaded if any(f"{name}.".startswith(f"{top}.") for top in heavy))


# The checks themselves, on a small made-up package.


@pytest.mark.parametrize(
    ("file", "source", "fault"),
    [
        ("errors.py", "from tarmac.money import parse_amount", "layer 0.0"),
        ("scenario.py", "import tarmac.facts", "layer 3.0"),
        ("streams.py", "from tarmac import summary", "layer 1.0"),
        ("streams.py", "from . import summary", "layer 1.0"),
        ("engine/ledger.py", "from ..simulation import run", "layer 7.0"),
        ("engine/ledger.py", "import scipy.special", "engine may not import scipy"),
        ("simulation.py", "from tarmac import __version__", "__init__, layer 11.0"),
        ("plan.py", "def f():\n    from tarmac.company import Company", "inside a function"),
        ("report/charts.py", "from tarmac.engine.block import Block", "report imports"),
        ("plan.py", "import importlib\nimportlib.import_module('tarmac.cli')", "layer 10.0"),
        ("plan.py", "__import__(name)", "run time"),
        ("cli/main.py", "import click", "cli may not import click"),
        ("money.py", "import numpy as np", "money may not import numpy"),
        ("helpers.py", "", "helpers has no layer"),
    ],
)
def test_a_fault_is_found(tmp_path: Path, file: str, source: str, fault: str) -> None:
    found = _try_file(tmp_path, file, source)
    assert len(found) == 1
    assert fault in found[0]


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("money.py", "import re\nfrom tarmac.errors import Problem"),
        ("engine/ledger.py", "import numpy as np\nfrom tarmac.engine.cash import pay\nfrom .cash import pay"),
        ("engine/vendors/stretch.py", "from ..cash import pay\nfrom ...plan import Plan"),
        ("uncertain.py", "def f():\n    import scipy.special"),
        ("__init__.py", "from tarmac.simulation import simulate"),
        ("__main__.py", "from tarmac.cli.main import main"),
    ],
)
def test_what_is_allowed_passes(tmp_path: Path, file: str, source: str) -> None:
    assert _try_file(tmp_path, file, source) == []


def _try_file(root: Path, file: str, source: str) -> list[str]:
    path = root / "tarmac" / file
    path.parent.mkdir(parents=True)
    path.write_text(source, encoding="utf-8")
    return violations(root)
