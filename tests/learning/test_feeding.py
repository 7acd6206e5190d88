"""Batches show each place once an epoch, and every draw depends on (seed, epoch, place) alone."""

from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.learning.feeding import Batches, encode
from engine.learning.supplies import FeatureSupply, PixelSupply
from engine.vision.augmentation import Pipeline
from engine.vision.seeds import draw_seed
from engine.words.options import Choice

SIZE = 16
TURN = Pipeline((Choice.of("rotate", limit=30.0), Choice.of("shift", limit=0.3)))
PIXELS = np.random.default_rng(0).integers(0, 256, (12, SIZE, SIZE), dtype=np.uint8)
ROWS = np.array([1, 3, 3, 4, 6, 7, 9, 10, 10, 10])
LABELS = np.arange(12) % 2
PLACES = np.arange(len(ROWS))


def batches(supply: PixelSupply | FeatureSupply, threads: int | None = None) -> Batches:
    weights = PLACES.astype(np.float32)
    return Batches(supply, encode(LABELS[ROWS], 1), weights, batch=4, seed=5, threads=threads)


def epochs(shown: Batches, number: int) -> list[list[tuple[NDArray, ...]]]:
    """Return what each epoch shows, asked for from the last batch to the first."""
    result = []
    for _ in range(number):
        result.append([shown[index] for index in reversed(range(len(shown)))][::-1])
        shown.on_epoch_end()
    return result


def test_an_epoch_shows_every_place_once_with_its_own_image_target_and_weight():
    orders = []
    for epoch in epochs(batches(PixelSupply(PIXELS, ROWS, seed=5)), 3):
        assert [len(x) for x, _, _ in epoch] == [4, 4, 2]
        x, y, weights = (np.concatenate(part) for part in zip(*epoch, strict=True))
        places = weights.astype(int)
        assert sorted(places) == PLACES.tolist()
        assert (x == PIXELS[ROWS[places]][..., np.newaxis]).all() and x.dtype == np.uint8
        assert (y[:, 0] == LABELS[ROWS[places]]).all()
        orders.append(places.tolist())
    assert orders[0] != orders[1] != orders[2]


def test_places_of_one_image_are_augmented_apart_and_anew_in_every_epoch():
    supply = PixelSupply(PIXELS, ROWS, seed=5, augment=TURN)
    first, second = supply(PLACES, 0), supply(PLACES, 1)
    assert (first == supply(PLACES, 0)).all()
    assert len({image.tobytes() for image in [*first, *second]}) == 2 * len(PLACES)
    assert (supply(PLACES[::-1], 1)[::-1] == second).all()
    assert (PixelSupply(PIXELS, ROWS, seed=6, augment=TURN)(PLACES, 0) != first).any()


def test_copies_are_the_same_pictures_in_every_epoch_and_the_originals_stay():
    draws = np.array([0, 0, 1, 0, 0, 0, 0, 0, 1, 2])
    supply = PixelSupply(PIXELS, ROWS, seed=5, draws=draws, copies=TURN)
    x = supply(PLACES, 0)[..., 0]
    assert (x == supply(PLACES, 7)[..., 0]).all()
    assert (x[draws == 0] == PIXELS[ROWS[draws == 0]]).all()
    assert (x[9] == TURN(PIXELS[10], draw_seed(5, 10, 2))).all()
    assert len({image.tobytes() for image in x[7:]}) == 3


def test_copies_are_augmented_like_any_other_image():
    draws = np.ones(len(ROWS), np.intp)
    kept = PixelSupply(PIXELS, ROWS, seed=5, draws=draws, copies=TURN)(PLACES, 3)[..., 0]
    both = PixelSupply(PIXELS, ROWS, seed=5, draws=draws, copies=TURN, augment=TURN)(PLACES, 3)
    assert (both[4, ..., 0] == TURN(kept[4], draw_seed(5, 3, 4))).all()


def test_copies_without_their_pipeline_are_refused():
    with pytest.raises(ValueError, match="pipeline"):
        PixelSupply(PIXELS, ROWS, seed=5, draws=np.ones(len(ROWS), np.intp))


@pytest.mark.parametrize("kind", ["float16", "float32"])
def test_each_epoch_shows_one_of_the_views_of_each_place(tmp_path: Path, kind: str):
    index = np.arange(30).reshape(3, 10).T
    supply = FeatureSupply(numbered(tmp_path, kind, 25, 5), index, seed=5)
    shown = np.array([supply(PLACES, epoch) for epoch in range(60)])
    assert shown.shape == (60, 10, 2, 3) and shown.dtype == kind
    assert (shown % 10 == PLACES[:, None, None]).all()
    views = (shown[..., 0, 0] // 10).T.astype(int)
    assert all(set(view) == {0, 1, 2} for view in views)
    assert len({tuple(view) for view in views}) == len(PLACES)
    assert (supply(PLACES[::-1], 1)[::-1] == shown[1]).all()


def numbered(folder: Path, kind: str, *lengths: int) -> list[NDArray]:
    """Write files of features whose every value is its row's number; open them as memory maps."""
    files, begin = [], 0
    for length in lengths:
        values = np.arange(begin, begin + length)[:, None, None] * np.ones((1, 2, 3))
        np.save(folder / f"{begin}.npy", values.astype(kind))
        files.append(np.load(folder / f"{begin}.npy", mmap_mode="r"))
        begin += length
    return files


@pytest.mark.parametrize("kind", ["float16", "float32"])
def test_a_network_computes_in_its_own_precision_whatever_the_features_have(tmp_path, kind):
    files = numbered(tmp_path, kind, 30)
    tensor = keras.Input((2, 3))
    model = keras.Model(tensor, keras.layers.GlobalAveragePooling1D()(tensor))
    model.compile(loss="mse")
    shown = batches(FeatureSupply(files, np.arange(30).reshape(3, 10).T, seed=5))
    answer = model.predict(shown, verbose=0)
    assert answer.dtype == np.float32
    assert sorted(answer[:, 0] % 10) == PLACES.tolist()


def test_drawing_ahead_changes_no_batch_even_where_an_epoch_is_left_early():
    plain, ahead = (
        batches(PixelSupply(PIXELS, ROWS, seed=5, augment=TURN), threads) for threads in (0, 3)
    )
    for shown in (plain, ahead):
        assert len(shown[0][0]) == 4
        shown.on_epoch_end()
    for epoch, other in zip(epochs(plain, 2), epochs(ahead, 2), strict=True):
        for batch, same in zip(epoch, other, strict=True):
            assert all((part == twin).all() for part, twin in zip(batch, same, strict=True))


class Losses(keras.callbacks.Callback):
    """Keeps the running loss after each batch."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[float] = []

    def on_train_batch_end(self, batch, logs=None) -> None:
        self.seen.append(float(logs["loss"]))


def losses(threads: int) -> list[float]:
    """Train one unit for three epochs on augmented pixels."""
    tensor = keras.Input((SIZE, SIZE, 1))
    unit = keras.layers.Dense(1, kernel_initializer="zeros")
    rescaled = keras.layers.Rescaling(1 / 255)(tensor)
    model = keras.Model(tensor, unit(keras.layers.Flatten()(rescaled)))
    model.compile(keras.optimizers.SGD(0.001), "mse", jit_compile=False)
    callback = Losses()
    shown = batches(PixelSupply(PIXELS, ROWS, seed=5, augment=TURN), threads)
    model.fit(shown, epochs=3, shuffle=False, verbose=0, callbacks=[callback])
    return callback.seen


def test_fit_sees_the_same_batches_whatever_the_number_of_threads():
    once = losses(threads=0)
    assert len(set(once)) == 9
    assert losses(threads=0) == pytest.approx(once)
    assert losses(threads=3) == pytest.approx(once)
