"""The shape of the code, kept by reading its imports and lengths."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("engine", "pages", "tests", "benchmarks")
FILE_LINES = 250
PAGE_LINES = 150
ENTRY_LINES = 60
FUNCTION_LINES = 40

# A floor may import itself and these floors.
FLOORS = {
    "words": set(),
    "vision": {"words"},
    "data": {"words", "vision"},
    "learning": {"words", "vision", "data"},
    "runs": {"words", "vision", "data", "learning"},
    "judging": {"words"},
    "explaining": {"words", "vision", "learning", "runs"},
}
ALSO = {
    ("judging", "engine.data.splits"),  # names of the parts only
    ("explaining", "engine.data.cache"),  # heat maps share the caches' size limit
}
HEAVY = {"tensorflow", "keras", "mlflow", "sklearn", "tf_keras_vis", "albumentations"}
BUILDERS = {"learning", "explaining"}  # floors whose modules are imported only when used
BUILDER_FILES = {"worker.py", "transforms.py"}


def _files(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [ROOT / "app.py", *found]


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _imports(path: Path, top_only: bool = False) -> Iterator[str]:
    """Yield the modules that a file imports; with `top_only` those run at import."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = _top(tree) if top_only else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _top(tree: ast.Module) -> Iterator[ast.AST]:
    for node in tree.body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from ast.walk(node)


def _engine_files() -> list[Path]:
    return [path for path in _files("engine") if path.name != "app.py"]


def _floor(path: Path) -> str:
    parts = path.relative_to(ROOT / "engine").parts
    return parts[0] if len(parts) > 1 else ""


@pytest.mark.parametrize("path", _engine_files(), ids=_name)
def test_the_engine_imports_no_screen(path: Path) -> None:
    for module in _imports(path):
        assert module.split(".")[0] not in {"streamlit", "pages", "app", "tests"}, module


@pytest.mark.parametrize("path", _engine_files(), ids=_name)
def test_floors_import_downwards_only(path: Path) -> None:
    floor = _floor(path)
    if not floor:  # the command line and the worker stand above all floors
        return
    assert floor in FLOORS, f"{floor} is no floor of the design"
    for module in _imports(path):
        parts = module.split(".")
        if parts[0] != "engine" or len(parts) < 2 or parts[1] not in FLOORS:
            assert parts[:2] not in (["engine", "cli"], ["engine", "worker"]), module
            continue
        exempt = any(floor == own and module.startswith(target) for own, target in ALSO)
        assert exempt or parts[1] in FLOORS[floor] | {floor}, f"{floor} imports {module}"


@pytest.mark.parametrize("path", _files("pages"), ids=_name)
def test_nothing_imports_a_page(path: Path) -> None:
    for module in _imports(path):
        parts = module.split(".")
        assert parts[0] != "app", module
        assert parts[0] != "pages" or parts[1] == "shared", module


@pytest.mark.parametrize("path", _files("pages"), ids=_name)
def test_screens_import_nothing_slow_at_the_top(path: Path) -> None:
    for module in _imports(path, top_only=True):
        assert module.split(".")[0] not in HEAVY, module


@pytest.mark.parametrize("path", _engine_files(), ids=_name)
def test_only_the_engines_builders_import_slow_libraries_at_the_top(path: Path) -> None:
    if _floor(path) in BUILDERS or path.name in BUILDER_FILES:
        return
    for module in _imports(path, top_only=True):
        assert module.split(".")[0] not in HEAVY, module


@pytest.mark.parametrize("path", _files(*FOLDERS), ids=_name)
def test_files_and_functions_are_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    limit = FILE_LINES
    if path.parent == ROOT / "pages":
        limit = PAGE_LINES
    elif path.name == "app.py":
        limit = ENTRY_LINES
    assert len(text.splitlines()) < limit
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length < FUNCTION_LINES, f"{node.name} has {length} lines"


def _screens_except(pattern: str) -> list[Path]:
    return [path for path in _files("pages") if not path.match(pattern)]


@pytest.mark.parametrize("path", _screens_except("state.py"), ids=_name)
def test_only_state_names_session_keys_and_query_parameters(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"session_state", "query_params"}, node.lineno
        if isinstance(node, ast.keyword) and node.arg == "key":
            literal = isinstance(node.value, ast.JoinedStr | ast.Constant)
            assert not literal or getattr(node.value, "value", "") is None, node.value.lineno


@pytest.mark.parametrize("path", _screens_except("cached*.py"), ids=_name)
def test_only_cached_uses_streamlits_caches(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            assert not node.attr.startswith("cache_"), node.lineno


@pytest.mark.parametrize("path", _files("engine"), ids=_name)
def test_the_engine_has_docstrings(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{node.name} has no docstring"
