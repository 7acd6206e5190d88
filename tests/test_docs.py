"""The documentation names every page, command, benchmark and figure that there is."""

import re
from pathlib import Path

import pytest

from engine.cli import main, parser
from pages.shared import layout

ROOT = Path(__file__).resolve().parents[1]
LABELS = [entry.label for entries in layout.MENU.values() for entry in entries]
BENCHMARKS = sorted(
    path.stem
    for path in (ROOT / "benchmarks").glob("*.py")
    if "def main(" in path.read_text(encoding="utf-8")
)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands() -> list[str]:
    (group,) = (action for action in parser()._actions if action.choices)
    return list(group.choices)


@pytest.mark.parametrize("label", LABELS)
def test_the_readme_says_what_each_page_asks(label: str) -> None:
    assert f"| {label} |" in read("README.md")


@pytest.mark.parametrize("command", commands())
def test_each_command_is_documented(command: str) -> None:
    assert re.search(rf"^\| `{command}[ `]", read("docs/cli.md"), re.MULTILINE)


@pytest.mark.parametrize("name", BENCHMARKS)
def test_each_benchmark_is_documented(name: str) -> None:
    assert f"python -m benchmarks.{name}" in read("docs/benchmarks.md")


@pytest.mark.parametrize(
    "page", ["README.md", "CHANGELOG.md", *map(str, Path("docs").glob("*.md"))]
)
def test_links_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", read(page)):
        if not target.startswith("http"):
            assert ((ROOT / page).parent / target).exists(), target


@pytest.mark.parametrize(
    ("command", "page"), [("results", "results.md"), ("results --published", "reports.md")]
)
def test_a_page_has_the_table_that_its_command_prints(
    command: str,
    page: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CXR_MODELS_DIR", str(tmp_path))
    monkeypatch.delenv("CXR_SHOWCASE_DIR", raising=False)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert main(command.split()) == 0
    assert capsys.readouterr().out.strip() in read(f"docs/{page}")
