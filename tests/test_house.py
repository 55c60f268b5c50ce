"""House style that no linter checks: sizes, parameters, docstrings, and nothing of one machine in any file."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULE_LINES = 500
BODY_LINES = 40
BODY_SHARE = 0.95
PARAMETERS = 6
POSITIONAL = 2
COMMANDS = "tarmac/cli/commands/"

Function = ast.FunctionDef | ast.AsyncFunctionDef

# Hosts of package registries, in pieces, so that this file passes its own test.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("anaconda", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("crates", "io"),
        ("rubygems", "org"),
        ("golang", "org"),
        ("maven", "org"),
        ("ghcr", "io"),
        ("docker", "io"),
        ("jfrog", "io"),
    )
]
# Folders of one machine: at the start of a path, so that the path of a web address does not count.
MACHINE_PATH = re.compile(r"(?<![\w.~$)}-])/(?:home|Users|root|work|tmp|mnt|opt)/\w|\b[A-Za-z]:\\+Users\b")


def sources(*folders: str) -> dict[str, str]:
    """The text of every Python file below the folders, by its path from the root."""
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def tracked() -> Iterator[tuple[str, str]]:
    """Path and text of every text file that git tracks or would; without git, of every file not made by a tool."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        listed = [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if not _made_by_a_tool(path)]
    for name in filter(None, listed):
        path = ROOT / name
        content = path.read_bytes() if path.is_file() else b"\0"
        if b"\0" not in content:
            yield name, content.decode("utf-8", errors="replace")


def _made_by_a_tool(path: Path) -> bool:
    top = path.relative_to(ROOT).parts
    return any(part == "__pycache__" or (part.startswith(".") and part != ".ci") for part in top)


def functions(tree: ast.AST, *, in_class: bool = False) -> Iterator[tuple[Function, bool]]:
    """Every function of a tree, nested ones too, and whether it is a method."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function):
            yield node, in_class
            yield from functions(node)
        else:
            yield from functions(node, in_class=in_class or isinstance(node, ast.ClassDef))


def body_lines(function: Function) -> int:
    """Lines from the first statement after the docstring to the end."""
    body = function.body
    start = body[1] if ast.get_docstring(function) is not None and len(body) > 1 else body[0]
    return (function.end_lineno or start.lineno) - start.lineno + 1


def parameter_faults(function: Function, *, method: bool, command: bool = False) -> list[str]:
    """What a signature does against the house: more than six parameters, more than two by position.

    Those of a command are its options, of which there are as many as users need.
    """
    if _signature_is_given(function):
        return []
    positional = [*function.args.posonlyargs, *function.args.args]
    if method and "staticmethod" not in _decorators(function):
        positional = positional[1:]
    variable = [arg for arg in (function.args.vararg, function.args.kwarg) if arg]
    count = len(positional) + len(function.args.kwonlyargs) + len(variable)
    faults = []
    if count > PARAMETERS and not command:
        faults.append(f"{count} parameters")
    if len(positional) > POSITIONAL:
        faults.append(f"{len(positional)} parameters by position")
    return faults


def _signature_is_given(function: Function) -> bool:
    """Whether Python lays down the parameters, as for `__exit__`."""
    name = function.name
    return name.startswith("__") and name.endswith("__") and name not in {"__init__", "__new__", "__call__"}


def _decorators(function: Function) -> set[str]:
    return {ast.unparse(item).partition("(")[0].rpartition(".")[2] for item in function.decorator_list}


def undocumented(tree: ast.Module) -> Iterator[str]:
    """Public functions, classes and methods without a docstring, and the module itself.

    A method that a base class in the same module describes needs no words of its own.
    """
    if ast.get_docstring(tree) is None:
        yield "the module"
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    yield from _undocumented_below(tree, known=classes)


def _undocumented_below(owner: ast.Module | ast.ClassDef, *, known: dict[str, ast.ClassDef]) -> Iterator[str]:
    inherited = _described_by_bases(owner, known=known)
    for node in owner.body:
        if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_") or node.name in inherited:
            continue
        excused = isinstance(node, Function) and not _decorators(node).isdisjoint({"overload", "setter", "override"})
        if ast.get_docstring(node) is None and not excused:
            yield node.name
        if isinstance(node, ast.ClassDef):
            yield from (f"{node.name}.{name}" for name in _undocumented_below(node, known=known))


def _described_by_bases(owner: ast.Module | ast.ClassDef, *, known: dict[str, ast.ClassDef]) -> set[str]:
    if isinstance(owner, ast.Module):
        return set()
    bases = [known[name] for name in map(ast.unparse, owner.bases) if name in known and known[name] is not owner]
    own = {node.name for base in bases for node in base.body if isinstance(node, Function) and ast.get_docstring(node)}
    return own.union(*(_described_by_bases(base, known=known) for base in bases))


def test_modules_are_short() -> None:
    files = sources("tarmac", "tests")
    lengths = {name: len(text.splitlines()) for name, text in files.items()}
    assert not {name: length for name, length in lengths.items() if length > MODULE_LINES}


def test_functions_are_short() -> None:
    lengths = {
        f"{name}:{function.lineno} {function.name}": body_lines(function)
        for name, text in sources("tarmac").items()
        for function, _ in functions(ast.parse(text))
    }
    long = {name: lines for name, lines in lengths.items() if lines >= BODY_LINES}
    assert lengths
    assert 1 - len(long) / len(lengths) >= BODY_SHARE, long


def test_parameters_are_few_and_named() -> None:
    found = [
        f"{name}:{function.lineno}: {function.name} has {fault}"
        for name, text in sources("tarmac").items()
        for function, method in functions(ast.parse(text))
        for fault in parameter_faults(function, method=method, command=name.startswith(COMMANDS))
    ]
    assert not found, "\n" + "\n".join(found)


def test_everything_public_has_a_docstring() -> None:
    found = [f"{name}: {what}" for name, text in sources("tarmac").items() for what in undocumented(ast.parse(text))]
    assert not found, "\n" + "\n".join(found)


def test_no_file_names_a_machine_or_a_registry() -> None:
    forbidden = re.compile("|".join([MACHINE_PATH.pattern, *map(re.escape, REGISTRIES)]))
    found = [
        f"{name}:{number}: {match[0]}"
        for name, text in tracked()
        for number, line in enumerate(text.splitlines(), start=1)
        for match in forbidden.finditer(line)
    ]
    assert not found, "\n" + "\n".join(found)


# The checks themselves, on small samples.


@pytest.mark.parametrize(
    ("source", "faults"),
    [
        ("def f(a, b, *, c, d, e, g): ...", []),
        ("def f(a, b, c): ...", ["3 parameters by position"]),
        ("def f(a, b, *, c, d, e, g, h): ...", ["7 parameters"]),
        ("def f(*a, **b): ...", []),
        ("class C:\n    def f(self, a, b): ...", []),
        ("class C:\n    def f(self, a, b, c): ...", ["3 parameters by position"]),
        ("class C:\n    @staticmethod\n    def f(a, b, c): ...", ["3 parameters by position"]),
        ("class C:\n    def __exit__(self, a, b, c): ...", []),
        ("class C:\n    if True:\n        def f(self, a, b): ...", []),
        ("def f(a):\n    def g(b, c, d): ...", ["3 parameters by position"]),
    ],
)
def test_parameter_faults(source: str, faults: list[str]) -> None:
    found = [
        fault
        for function, method in functions(ast.parse(source))
        for fault in parameter_faults(function, method=method)
    ]
    assert found == faults


def test_the_options_of_a_command_may_be_many() -> None:
    [(function, method)] = functions(ast.parse("def f(a, *, b, c, d, e, g, h): ..."))
    assert parameter_faults(function, method=method, command=True) == []


def test_a_body_is_counted_without_its_docstring() -> None:
    [(function, _)] = functions(ast.parse('def f():\n    """One.\n\n    Two.\n    """\n    a = 1\n\n    return a\n'))
    assert body_lines(function) == 3


def test_undocumented() -> None:
    source = '"M."\nclass A:\n    "A."\n    def f(self): ...\n    def _g(self): ...\ndef h(): ...\ndef k():\n    "K."'
    assert list(undocumented(ast.parse(source))) == ["A.f", "h"]


def test_a_base_class_speaks_for_its_heirs() -> None:
    base = '"M."\nclass A:\n    "A."\n    def f(self):\n        "F."\nclass B(A):\n    "B."\n'
    assert list(undocumented(ast.parse(f'{base}class C(B):\n    "C."\n    def f(self): ...'))) == []
    assert list(undocumented(ast.parse(f'{base}class C(B):\n    "C."\n    def g(self): ...'))) == ["C.g"]


@pytest.mark.parametrize("folder", ["home", "Users", "root", "work", "tmp"])
def test_a_machine_path_is_seen(folder: str) -> None:
    assert MACHINE_PATH.search(f"see /{folder}/me")
    assert MACHINE_PATH.search(f"file:///{folder}/me")
    assert not MACHINE_PATH.search(f"https://example.com/{folder}/me")
    assert not MACHINE_PATH.search(f"$ROOT/{folder}/me")
