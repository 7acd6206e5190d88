"""Pretrained weights: Keras's own files and conversions, found and checked, or a clear error."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.learning import weights
from engine.learning.listener import Silent
from engine.words.errors import CxrError, NotFound
from engine.words.files import digest
from engine.words.settings import KERAS_URL
from tests.choosing import few
from tests.learning.made_weights import let_be_keras_own, write_weights
from tests.serving import put

NETWORK, CLASS = "densenet121", "DenseNet121"
FILE = "densenet121_weights_tf_dim_ordering_tf_kernels_notop.h5"
NO_HASH = "mobilenetv2"  # Keras gives none


class Asked(Exception):
    """Stands for the download that Keras would begin."""


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A small file of weights that the table takes for DenseNet121's."""
    made = write_weights(tmp_path / "made.h5")
    let_be_keras_own(monkeypatch, NETWORK, made)
    return made


@pytest.fixture
def folder(cxr_dirs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of weights as a lecture room has it, empty."""
    monkeypatch.setenv("CXR_WEIGHTS_DIR", str(cxr_dirs / "weights"))
    return cxr_dirs / "weights"


def cache(home: Path, file: str = FILE) -> Path:
    return home / "keras" / "models" / file


@pytest.mark.parametrize("network", few(weights.WEIGHTS, {"vgg16", "mobilenetv2"}))
def test_each_row_is_what_keras_would_download(
    network: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keras
    from keras.src.utils import file_utils

    asked: dict[str, object] = {}

    def get_file(fname: str, origin: str, cache_subdir: str, file_hash: str = "") -> None:
        asked.update(fname=fname, origin=origin, folder=cache_subdir, hash=file_hash)
        raise Asked

    monkeypatch.setattr(file_utils, "get_file", get_file)
    row = weights.WEIGHTS[network]
    with pytest.raises(Asked):
        getattr(keras.applications, row.keras)(
            input_shape=(224, 224, 3), include_top=False, weights="imagenet"
        )
    assert asked == {
        "fname": row.file,
        "origin": f"{KERAS_URL}{row.path}",
        "folder": "models",
        "hash": row.hash,
    }


def test_keras_cache_serves_a_network_without_hash_only_where_the_file_is_whole(
    cxr_dirs: Path,
) -> None:
    path = cache(cxr_dirs, weights.WEIGHTS[NO_HASH].file)
    whole = write_weights(path, megabytes=1)
    found = weights.find(NO_HASH)
    assert found is not None and not found.checked and "no hash" in found.origin
    put(path, whole[:-100])
    assert weights.find(NO_HASH) is None


def test_the_folder_of_weights_comes_first_and_takes_conversions(
    cxr_dirs: Path, folder: Path, content: bytes
) -> None:
    put(cache(cxr_dirs), content)
    path = folder / CLASS / FILE
    conversion = write_weights(path, seed=3, megabytes=1)
    found = weights.find(NETWORK)
    assert found is not None
    assert (found.path, found.checked, found.digest) == (path, False, digest(conversion))
    put(path, content)
    found = weights.find(NETWORK)
    assert found is not None and found.checked and found.digest == digest(content)


@pytest.mark.parametrize("sums", [f"{CLASS}/SHA256SUMS", "SHA256SUMS"])
def test_what_sha256sums_says_holds(folder: Path, sums: str) -> None:
    path = folder / CLASS / FILE
    conversion = write_weights(path, seed=3, megabytes=1)
    good = hashlib.sha256(conversion).hexdigest()
    put(folder / sums, f"{'0' * 64}  other.h5\n{good} *./{CLASS}/{FILE}\n".encode())
    found = weights.find(NETWORK)
    assert found is not None and found.checked and "SHA256SUMS" in found.origin
    put(folder / sums, f"{'0' * 64}  {FILE}\n".encode())
    with pytest.raises(CxrError, match=f"has the sha256 {good}; expected was {'0' * 64}"):
        weights.resolve(NETWORK, Silent())


def test_an_unknown_network_is_told_the_known_ones() -> None:
    with pytest.raises(NotFound, match="densenet121"):
        weights.places("vgg99")


def test_looking_for_weights_imports_nothing_heavy() -> None:
    code = (
        "import sys; from engine.learning.weights import find; find('vgg16'); "
        "assert not {'keras', 'tensorflow', 'pooch', 'requests'} & set(sys.modules)"
    )
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", code], cwd=root, check=True, timeout=60)


def test_real_weights_load_into_keras_network(
    cxr_dirs: Path, shared_weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keras

    monkeypatch.setenv("CXR_WEIGHTS_DIR", str(shared_weights))
    found = weights.find(NO_HASH)
    assert found is not None and found.path.is_relative_to(shared_weights)
    network = keras.applications.MobileNetV2(
        input_shape=(32, 32, 3), include_top=False, weights=str(found.path)
    )
    random = keras.applications.MobileNetV2(
        input_shape=(32, 32, 3), include_top=False, weights=None
    )
    loaded, drawn = (model.get_layer("Conv1").get_weights()[0] for model in (network, random))
    assert loaded.shape == drawn.shape and np.abs(loaded - drawn).max() > 0.1


def test_a_file_of_another_network_is_refused_in_words(
    cxr_dirs: Path, shared_weights: Path
) -> None:
    import keras

    path = shared_weights / CLASS / FILE
    with pytest.raises((ValueError, OSError)) as caught:
        keras.applications.MobileNetV2(
            input_shape=(32, 32, 3), include_top=False, weights=str(path)
        )
    said = str(weights.load_error(NO_HASH, path, caught.value))
    assert str(path) in said and "MobileNetV2" in said and "weights fetch mobilenetv2" in said
    assert len(said.splitlines()) == 1
