"""The command `weights`: what is here, and fetching what is not."""

import json
from pathlib import Path

import pytest

from engine.cli import main
from engine.learning import weights
from tests.learning.made_weights import let_be_keras_own, write_weights
from tests.serving import serve


@pytest.fixture
def folder(cxr_dirs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of weights that has VGG16's (a conversion) and a broken one of ResNet50."""
    home = cxr_dirs / "weights"
    monkeypatch.setenv("CXR_WEIGHTS_DIR", str(home))
    for name in ("vgg16", "resnet50"):
        row = weights.WEIGHTS[name]
        write_weights(home / row.keras / row.file, megabytes=1)
    (home / "ResNet50" / weights.WEIGHTS["resnet50"].file).write_text("broken")
    return home


def test_list_tells_what_is_here_what_is_wrong_and_where_it_looked(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["weights", "list", "--json"]) == 0
    rows = {row["network"]: row for row in json.loads(capsys.readouterr().out)}
    assert list(rows) == list(weights.WEIGHTS)
    vgg, resnet, densenet = (rows[name] for name in ("vgg16", "resnet50", "densenet121"))
    assert vgg["path"].startswith(str(folder / "VGG16")) and vgg["bytes"] > 1_000_000
    assert vgg["checked"] is False and len(vgg["digest"]) == 16
    assert resnet["path"] is None and "no whole HDF5 file" in resnet["error"]
    assert densenet["path"] is densenet["error"] is None and len(densenet["places"]) == 2
    assert main(["weights", "list", "vgg16", "densenet121"]) == 0
    out = capsys.readouterr().out
    assert "not here" in out and "resnet50" not in out and str(folder) in out


def test_fetch_downloads_with_progress_on_stderr(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    content = write_weights(tmp_path / "made.h5")
    let_be_keras_own(monkeypatch, "densenet121", content)
    row = weights.WEIGHTS["densenet121"]
    with serve() as server:
        server.files[f"/keras/{row.path}"] = content
        monkeypatch.setenv("CXR_WEIGHTS_URL", f"{server.url}/keras")
        assert main(["weights", "fetch", "DenseNet121", "vgg16", "--json"]) == 0
    captured = capsys.readouterr()
    densenet, vgg = json.loads(captured.out)
    assert Path(densenet["path"]) == folder / "DenseNet121" / row.file
    assert densenet["checked"] and "downloaded from" in densenet["origin"]
    assert vgg["network"] == "vgg16" and len(server.asked) == 1
    assert "Downloading the weights of DenseNet121 (MB): 2 of 4" in captured.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["fetch"], "needs a network's name"),
        (["fetch", "vgg99"], "Choose one of: vgg16"),
        (["get", "vgg16"], "invalid choice"),
        (["fetch", "densenet121"], "no connection to the server"),
    ],
)
def test_errors_are_one_line(
    arguments: list[str],
    said: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CXR_WEIGHTS_URL", "http://127.0.0.1:9/")  # nobody listens there
    assert main(["weights", *arguments]) == 1
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert last.startswith("error: ") and said in last
