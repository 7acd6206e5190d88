"""Many pictures at once: each gets its row, a broken one costs itself, memory stays bounded."""

import threading
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Any

import cv2
import numpy as np
import pytest

from engine.explaining import batch, batch_table
from engine.explaining.batch import CHUNK, Heat, predict_files
from engine.explaining.looking import File
from engine.learning.prediction import predict
from engine.runs.run import Run
from engine.vision import phantom
from engine.vision.preprocessing import preprocess
from engine.words.errors import Cancelled, UnreadableImage
from engine.words.files import digest
from engine.words.options import Choice
from engine.words.recipe import Recipe

SIZE = 32
STEPS = (Choice("squash"),)
CLASSES = ("NORMAL", "PNEUMONIA")


@pytest.fixture(scope="module")
def chests() -> list[np.ndarray]:
    return [phantom.draw(seed, kind, 96).image for seed in (1, 2) for kind in ("normal", "viral")]


@pytest.fixture(scope="module")
def model() -> Any:
    """A tiny network that has learned nothing; its scores differ from picture to picture."""
    import keras

    keras.utils.set_random_seed(4)
    inputs = keras.Input((SIZE, SIZE, 1))
    x = keras.layers.Rescaling(1 / 255)(inputs)
    x = keras.layers.Conv2D(4, 3, padding="same", activation="relu")(x)
    x = keras.layers.MaxPooling2D(4)(x)
    x = keras.layers.Flatten()(x)
    return keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(x))


def run_of(classes: tuple[str, ...] = CLASSES) -> Run:
    recipe = Recipe(
        data="0", network=Choice("cnn_d"), optimizer=Choice("adam"), size=SIZE, preprocessing=STEPS
    )
    now = datetime.now(UTC)
    return Run("abc", "T", "T", recipe, "lungs", "finished", "", "me", now, 1.0, classes=classes)


def png(image: np.ndarray) -> bytes:
    return cv2.imencode(".png", image)[1].tobytes()


def files_of(images: list[np.ndarray]) -> list[File]:
    datas = [png(image) for image in images]
    return [(f"{number}.png", lambda data=data: data) for number, data in enumerate(datas)]


def scores_of(model: Any, images: list[np.ndarray]) -> np.ndarray:
    return predict(model, np.stack([preprocess(image, SIZE, STEPS) for image in images]))


def refuse() -> bytes:
    raise UnreadableImage("The file is damaged within its ZIP: bad CRC.")


def vanished() -> bytes:
    raise FileNotFoundError(2, "No such file or directory")


def test_every_picture_gets_what_the_network_says_of_it_alone(
    model: Any, chests: list[np.ndarray]
) -> None:
    wanted = scores_of(model, chests)
    threshold = float(np.sort(wanted[:, 1])[2])  # two at or above it
    found = predict_files(model, run_of(), files_of(chests), threshold)
    assert list(found.table["file"]) == ["0.png", "1.png", "2.png", "3.png"]
    given = found.table[["score_NORMAL", "score_PNEUMONIA"]].to_numpy()
    np.testing.assert_allclose(given, wanted, atol=1e-5)
    called = list(np.where(given[:, 1] >= threshold, "PNEUMONIA", "NORMAL"))
    assert list(found.table["decision"]) == called
    assert not found.stopped and (found.asked, found.read) == (4, 4)


def test_with_three_classes_the_largest_score_decides(chests: list[np.ndarray]) -> None:
    import keras

    inputs = keras.Input((SIZE, SIZE, 1))
    x = keras.layers.Rescaling(1 / 255)(inputs)
    x = keras.layers.Conv2D(3, 5, activation="relu")(x)
    model = keras.Model(inputs, keras.layers.Dense(3, "softmax")(keras.layers.Flatten()(x)))
    classes = ("NORMAL", "BACTERIAL", "VIRAL")
    found = predict_files(model, run_of(classes), files_of(chests), 0.5)
    largest = scores_of(model, chests).argmax(axis=1)
    assert list(found.table["decision"]) == [classes[index] for index in largest]
    assert found.threshold is None
    assert batch_table.summary(found).startswith("Of 4 the largest score called ")


def test_hostile_files_cost_only_themselves(model: Any, chests: list[np.ndarray]) -> None:
    good = files_of(chests)
    hostile: list[File] = [
        ("empty.png", lambda: b""),
        ("text.png", lambda: b"This is no picture."),
        ("cut.jpg", lambda: cv2.imencode(".jpg", chests[0])[1].tobytes()[:300]),
        ("dot.png", lambda: png(np.zeros((1, 1), np.uint8))),
        ("in.zip/x.png", refuse),
        ("gone.png", vanished),
    ]
    found = predict_files(model, run_of(), [*hostile[:3], *good, *hostile[3:]], 0.5)
    bad = found.table[found.table["unreadable"] != ""]
    assert list(bad["file"]) == [name for name, _ in hostile]
    assert bad["score_PNEUMONIA"].isna().all() and (bad["decision"] == "").all()
    assert "damaged within its ZIP" in bad["unreadable"].iloc[4]
    assert "cannot be read: No such file" in bad["unreadable"].iloc[5]
    assert found.read == 4
    assert "; 6 could not be read." in batch_table.summary(found)


def test_what_is_no_chest_xray_is_answered_and_marked(model: Any, chests: list[np.ndarray]) -> None:
    blank = np.full((96, 96), 90, np.uint8)
    found = predict_files(model, run_of(), files_of([chests[0], blank]), 0.5).table
    assert found["warning"].iloc[0] == ""
    assert "blank" in found["warning"].iloc[1]
    assert found["decision"].iloc[1] in CLASSES


def test_the_next_chunk_is_read_while_the_network_works_and_no_more(model: Any) -> None:
    data = png(np.random.default_rng(0).integers(0, 255, (20, 20), np.uint8))
    read: list[int] = []
    second = threading.Event()

    def reader(number: int) -> Any:
        def read_it() -> bytes:
            read.append(number)
            if number == CHUNK:
                second.set()
            return data

        return read_it

    class Turn(AbstractContextManager[None]):
        times = 0

        def __exit__(self, *_: object) -> None:
            self.times += 1
            if self.times == 1:
                assert second.wait(300), "the second chunk waits for the network"
                assert max(read) < 2 * CHUNK, "the third chunk is read ahead"

    turn = Turn()
    files = [(str(number), reader(number)) for number in range(3 * CHUNK + 1)]
    found = predict_files(model, run_of(), files, 0.5, turn=turn)
    assert turn.times == 4
    assert list(found.table["file"]) == [name for name, _ in files]


def test_a_stop_in_the_middle_keeps_what_is_done(model: Any, chests: list[np.ndarray]) -> None:
    images = [chests[number % 4] for number in range(3 * CHUNK)]
    told: list[int] = []

    def tell(done: int, total: int, what: str) -> None:
        told.append(done)
        assert (total, what) == (3 * CHUNK, "Asking T")
        if done == CHUNK + 3:
            raise Cancelled

    found = predict_files(model, run_of(), files_of(images), 0.5, tell=tell)
    assert found.stopped and len(found.table) == CHUNK + 3
    assert told == sorted(told)
    assert batch_table.summary(found).endswith(f"; stopped after {CHUNK + 3} of {3 * CHUNK}.")


def test_heat_maps_are_drawn_for_the_called_ones_and_so_many(
    model: Any, chests: list[np.ndarray]
) -> None:
    kept: dict[str, bytes] = {}
    files = files_of(chests)
    found = predict_files(model, run_of(), files, 0.0, Heat(kept.__setitem__, "PNEUMONIA", 3))
    maps = [name for name in found.table["heat_map"] if name.endswith(".jpg")]
    assert 0 < len(maps) <= 3 and list(kept) == maps
    assert maps[0].startswith("0000") and "-" in maps[0]
    for data in kept.values():
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        assert picture is not None and picture.shape == (448, 448, 3)
    none = predict_files(model, run_of(), files, 1.1, Heat(kept.__setitem__, "PNEUMONIA"))
    assert (none.table["heat_map"] == "").all() and len(kept) == len(maps)


def test_heat_maps_of_any_method_come_for_the_right_pictures(
    model: Any, chests: list[np.ndarray]
) -> None:
    def drawn(images: list[np.ndarray], method: str | Choice, most: int | None = None) -> list[str]:
        kept: dict[str, bytes] = {}
        heat = Heat(kept.__setitem__, most=most, method=method)
        found = predict_files(model, run_of(), files_of(images), 0.5, heat)
        assert list(kept) == [name for name in found.table["heat_map"] if name.endswith("jpg")]
        return [digest(data) for data in kept.values()]

    few = Choice.of("smoothgrad", samples=2)
    together = drawn([*chests, chests[0], chests[1]], few)
    assert together == [drawn([image], few)[0] for image in (*chests, chests[0], chests[1])]
    assert drawn(chests, few, most=2) == together[:2]
    assert drawn(chests[:1], "saliency") != together[:1]


def test_a_network_without_places_says_why_there_is_no_heat(chests: list[np.ndarray]) -> None:
    import keras

    inputs = keras.Input((SIZE, SIZE, 1))
    flat = keras.layers.Flatten()(inputs)
    model = keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(flat))
    kept: dict[str, bytes] = {}
    found = predict_files(model, run_of(), files_of(chests), 0.5, Heat(kept.__setitem__))
    assert "needs a layer" in found.note and not kept and found.read == 4
    heat = Heat(kept.__setitem__, method="saliency")  # asks the pixels
    assert not predict_files(model, run_of(), files_of(chests[:1]), 0.5, heat).note
    assert len(kept) == 1


def test_a_network_that_diverged_costs_no_batch(chests: list[np.ndarray]) -> None:
    import keras

    inputs = keras.Input((SIZE, SIZE, 1))
    x = keras.layers.Conv2D(2, 3)(inputs)
    model = keras.Model(inputs, keras.layers.Dense(2, "softmax")(keras.layers.Flatten()(x)))
    model.set_weights([weights * np.nan for weights in model.get_weights()])
    found = predict_files(model, run_of(), files_of(chests[:2]), 0.5, Heat(lambda name, data: None))
    assert (found.table["unreadable"] == batch.DIVERGED).all() and found.read == 0


def test_no_files_are_an_empty_table(model: Any) -> None:
    found = predict_files(model, run_of(), [], 0.5, turn=nullcontext())
    assert len(found.table) == 0 and "score_NORMAL" in found.table
    assert batch_table.csv(found).startswith("file,decision,score_NORMAL")
    assert batch._slug("../../..") == "image"
