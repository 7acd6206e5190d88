"""The command `download`: what there is, the licence first, then the data with progress."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.cli import main
from engine.data import sources
from tests.made_datasets import MNIST, mirror
from tests.serving import Served

Out = pytest.CaptureFixture[str]


@pytest.fixture
def server(cxr_dirs: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    with mirror(monkeypatch) as served:
        yield served


def test_the_list_tells_sizes_licences_and_what_is_there(cxr_dirs: Path, capsys: Out) -> None:
    assert main(["download", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["kermany"]["bytes"] == 1_235_512_464 and rows["kermany"]["licence"] == "CC BY 4.0"
    assert rows["kermany"]["url"].startswith("https://data.mendeley.com/")
    assert not any(row["added"] or row["bytes_there"] for row in rows.values())
    assert main(["download"]) == 0
    assert "pneumoniamnist_224  PneumoniaMNIST 224 px" in capsys.readouterr().out


def test_without_the_licence_accepted_it_says_which_and_how(server: Served, capsys: Out) -> None:
    assert main(["download", MNIST]) == 1
    said = capsys.readouterr().err
    assert "creativecommons.org/licenses/by/4.0" in said and "--accept-licence" in said
    assert not server.asked


def test_a_download_ends_as_a_source_with_its_citation(server: Served, capsys: Out) -> None:
    server.cuts = [1000]
    assert main(["download", MNIST, "--accept-licence"]) == 0
    captured = capsys.readouterr()
    assert "'PneumoniaMNIST 28 px' is in the list" in captured.out
    assert "Scientific Data 10, 41 (2023)" in captured.out
    assert "Writing the pictures: 12 of 12" in captured.err and len(server.asked) == 2
    assert len(sources.open_source("PneumoniaMNIST 28 px").images) == 12


def test_an_unknown_name_lists_the_known_ones(cxr_dirs: Path, capsys: Out) -> None:
    assert main(["download", "chexpert", "--accept-licence"]) == 1
    assert "Choose one of: kermany" in capsys.readouterr().err
