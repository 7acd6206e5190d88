"""The phantom: same seed same bytes, patients kept apart, exact masks, not won by brightness."""

import hashlib
from collections import Counter, defaultdict
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.data.phantom import MASKS, draw, generate, plan
from engine.words.errors import CxrError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small phantom data set."""
    return generate(tmp_path_factory.mktemp("phantom") / "set", images=40, size=64, seed=3)


def _files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.png"))
    }


def _auc(positive: np.ndarray, negative: np.ndarray) -> float:
    above = (positive[:, None] > negative[None]).mean()
    return float(above + 0.5 * (positive[:, None] == negative[None]).mean())


def _overlap(first: np.ndarray, second: np.ndarray) -> float:
    return float((first & second).sum() / (first | second).sum())


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(
    folder: Path, tmp_path: Path
) -> None:
    again = _files(generate(tmp_path / "again", images=40, size=64, seed=3))
    other = _files(generate(tmp_path / "other", images=40, size=64, seed=4))
    assert again == _files(folder)
    assert not set(again.values()) & {
        value for name, value in other.items() if not name.startswith(MASKS)
    }


def test_every_picture_has_a_mask_and_only_disease_fills_it(folder: Path) -> None:
    pictures = [path for path in folder.rglob("*.png") if MASKS not in path.parts]
    assert len(pictures) == 40
    for path in pictures:
        picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        mask = cv2.imread(str(folder / MASKS / path.relative_to(folder)), cv2.IMREAD_UNCHANGED)
        assert picture.ndim == 2
        assert mask.shape == picture.shape
        assert set(np.unique(mask)) <= {0, 255}
        assert min(picture.shape) == 64
        assert (mask.max() == 255) == (path.parent.name == "PNEUMONIA")


def test_the_whole_set_has_kermanys_proportions_and_no_patient_in_two_parts() -> None:
    shots = plan(1000, seed=0)
    split = Counter(shot.file.split("/")[0] for shot in shots)
    assert split == {"train": 700, "val": 100, "test": 200}
    kinds = Counter((shot.file.split("/")[0], shot.kind) for shot in shots)
    assert kinds["train", "normal"] == 200
    assert kinds["test", "normal"] == 75
    assert 1.8 < kinds["train", "bacterial"] / kinds["train", "viral"] < 2.2
    homes = defaultdict(set)
    pictures: Counter[tuple[str, int]] = Counter()
    for shot in shots:
        homes[shot.kind, shot.patient].add(shot.file.split("/")[0])
        pictures[shot.kind, shot.patient] += 1
    assert all(len(parts) == 1 for parts in homes.values())
    assert set(pictures.values()) == {1, 2, 3, 4}
    assert len({shot.file for shot in shots}) == 1000


def test_pictures_of_one_patient_show_the_same_disease_in_another_pose() -> None:
    first, second = (draw(5, "bacterial", 96, picture) for picture in (0, 1))
    stranger = draw(6, "bacterial", 96)
    assert not np.array_equal(first.image, second.image)
    assert _overlap(first.mask, second.mask) > 0.3 > _overlap(first.mask, stranger.mask)


@pytest.mark.parametrize("seed", range(4))
def test_the_mask_lies_in_the_lungs_on_the_right_sides(seed: int) -> None:
    lobar, diffuse = draw(seed, "bacterial", 128).mask, draw(seed, "viral", 128).mask
    assert 0.003 < lobar.mean() < 0.25
    assert diffuse[:, :64].any() and diffuse[:, 64:].any()
    assert diffuse.mean() > 0.01


@pytest.mark.parametrize("seed", range(4))
def test_disease_changes_nothing_but_the_chest(seed: int) -> None:
    """A healthy and a sick twin differ most inside the mask: no tell-tale elsewhere."""
    well, sick = draw(seed, "normal", 128), draw(seed, "bacterial", 128)
    change = np.abs(well.image.astype(float) - sick.image)
    assert change[sick.mask].mean() > 3 * change[~sick.mask].mean()


def test_lungs_are_darker_than_the_mediastinum_and_the_belly() -> None:
    for seed in range(6):
        picture = cv2.GaussianBlur(draw(seed, "normal", 128).image, (0, 0), 3).astype(float)
        middle = picture[50:90, 54:74].mean()
        assert min(picture[50:80, 34:46].mean(), picture[50:80, 84:96].mean()) < middle - 20


def test_brightness_alone_does_not_tell_the_classes_apart() -> None:
    kinds = ("normal", "bacterial", "normal", "viral")
    statistics: dict[bool, list[list[float]]] = {True: [], False: []}
    for seed in range(240):
        kind = kinds[seed % 4]
        picture = draw(seed, kind, 64).image
        values = [picture.mean(), picture.std(), *np.percentile(picture, [5, 25, 50, 75, 95])]
        statistics[kind != "normal"].append(values)
    sick, well = np.array(statistics[True]), np.array(statistics[False])
    for column in range(sick.shape[1]):
        auc = _auc(sick[:, column], well[:, column])
        assert 0.3 < auc < 0.7


def test_progress_reaches_the_end(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    generate(
        tmp_path / "set", 30, 48, progress=lambda done, total, what: steps.append((done, total))
    )
    assert steps[-1] == (30, 30)


def test_a_finished_set_is_kept_and_another_phantom_replaced(tmp_path: Path) -> None:
    first = generate(tmp_path / "set", 30, 48)
    stamp = next(first.rglob("*.png")).stat().st_mtime_ns
    assert next(generate(tmp_path / "set", 30, 48).rglob("*.png")).stat().st_mtime_ns == stamp
    before = _files(first)
    assert _files(generate(tmp_path / "set", 30, 48, seed=1)) != before
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def test_a_folder_with_other_files_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(CxrError, match="Choose another folder"):
        generate(tmp_path, 30, 48)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_interrupted_generation_leaves_nothing_behind(tmp_path: Path) -> None:
    def stop(done: int, total: int, what: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(tmp_path / "set", 30, 48, progress=stop)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("kind", "size"), [("fungal", 64), ("normal", 8)])
def test_unknown_kinds_and_tiny_sizes_are_refused(kind: str, size: int) -> None:
    with pytest.raises(CxrError):
        draw(0, kind, size)


def test_too_few_images_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CxrError, match="at least 30"):
        generate(tmp_path / "set", 10)
