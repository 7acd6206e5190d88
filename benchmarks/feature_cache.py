"""Fifty epochs on a frozen MobileNetV2 against one bare forward pass and against plain Keras.

python -m benchmarks.feature_cache FOLDER (or CXR_TEST_DATA); CXR_WEIGHTS_DIR names the folder of
the weights where Keras's own cache does not have them. Every side is a process of its own, clocked
from its start to its end; all see the same images at 224 px, batch 32, average pooling, one
sigmoid unit:

- bare: reads and predicts every image once; measured before and after ours, the mean counts;
- ours: `python -m engine train` for 50 epochs, in empty folders, to the judged and saved model;
- plain: image_dataset_from_directory, frozen base, fit; 2 epochs, the second counted 49 times;
- second: the app's own background threads; from submitting another strategy, then another head,
  until the run is stored; the slower counts.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.report import report

DEFAULT = Path(__file__).resolve().parents[2] / "shared" / "data" / "kermany-224"
NETWORK, SIZE, BATCH, EPOCHS, MEASURED, VALIDATION = "mobilenetv2", 224, 32, 50, 2, 0.1
PRESET = "D5"
SETTINGS = [f"size={SIZE}", f"batch={BATCH}", f"epochs={EPOCHS}", "split=official"]
SETTINGS += ["head=gap", "optimizer=adam"]
OTHERS = ("imbalance=class_weight", "head=report_b")
SPARE_SECONDS = 30.0  # that the spare worker has to load TensorFlow once the app is warm
GOAL = "ours <= 1.25 bare, ours <= plain / 30; second <= 15 s, second <= plain / 150"


def main() -> None:
    """Measure and print one JSON line."""
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CXR_TEST_DATA", str(DEFAULT))
    folder, weights = Path(given).resolve(), weights_file()
    if not (folder / "train").is_dir():
        raise SystemExit(f"No X-rays in {folder}/train: python -m benchmarks.feature_cache FOLDER")
    images = sum(len(path.read_bytes()) > 0 for path in folder.rglob("*.jpeg"))  # warms the disk
    with tempfile.TemporaryDirectory() as home:
        own = {f"CXR_{name}_DIR": f"{home}/{name}" for name in ("MODELS", "DATA", "SHOWCASE")}
        os.environ.update(own, TF_CPP_MIN_LOG_LEVEL="3", NO_ALBUMENTATIONS_UPDATE="1")
        before, _ = clocked("bare", folder, weights)
        ours, run = clocked("ours", folder)
        after, _ = clocked("bare", folder, weights)
        first, epoch = clocked("plain", folder, weights)
        others = {other: _side("second", folder, other) for other in OTHERS}
    bare, plain = (before + after) / 2, first + (EPOCHS - MEASURED) * epoch
    second = max(others.values())
    report(
        "feature_cache",
        ours,
        bare,
        GOAL,
        ours <= min(1.25 * bare, plain / 30) and second <= min(15, plain / 150),
        images=images,
        bare_seconds=[round(before, 1), round(after, 1)],
        plain_50_epochs=round(plain, 1),
        plain_to_ours=round(plain / ours, 1),
        second_seconds={other: round(seconds, 2) for other, seconds in others.items()},
        plain_to_second=round(plain / second, 1),
        test_accuracy=round(run["metrics"]["test_accuracy"], 4),
    )


def weights_file() -> Path:
    """Return the weights that every side loads; exit where there are none."""
    from engine.learning.weights import find
    from engine.words.errors import CxrError

    try:
        found = find(NETWORK)
    except CxrError as error:
        raise SystemExit(str(error)) from None
    if not found:
        raise SystemExit("No weights of MobileNetV2: set CXR_WEIGHTS_DIR to their folder.")
    return found.path


def clocked(side: str, *arguments: object) -> tuple[float, Any]:
    """Run a side in a new process; return its seconds and what it says."""
    start = time.perf_counter()
    answer = _side(side, *arguments)
    seconds = time.perf_counter() - start
    print(f"{side}: {seconds:.1f} s", file=sys.stderr, flush=True)
    return seconds, answer


def _side(side: str, *arguments: object) -> Any:
    if side == "ours":
        command = ["engine", "train", PRESET, "--data", *arguments, "--json"]
        command += [word for setting in SETTINGS for word in ("--set", setting)]
    else:
        command = ["benchmarks.feature_cache", "--one", side, *arguments]
    done = subprocess.run(
        [sys.executable, "-m", *map(str, command)], check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(done.stdout)


def predict_once(folder: Path, weights: Path) -> float:
    """Predict every image once; return how many there are."""
    import keras

    images = keras.utils.image_dataset_from_directory(
        folder, labels=None, image_size=(SIZE, SIZE), batch_size=64, shuffle=False, verbose=False
    )
    network = keras.Sequential([keras.layers.Rescaling(1 / 127.5, -1), _base(weights)])
    return len(network.predict(images, verbose=0))


def fit_plainly(folder: Path, weights: Path) -> float:
    """Fit a head on a frozen base as the guides do and judge it; return an epoch's seconds."""
    import keras

    class Clock(keras.callbacks.Callback):
        seconds = 0.0

        def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
            self.began = time.perf_counter()

        def on_epoch_end(self, epoch: int, logs: object = None) -> None:
            self.seconds = time.perf_counter() - self.began

    def images(part: str, **more: Any) -> Any:
        return keras.utils.image_dataset_from_directory(
            folder / part,
            label_mode="binary",
            image_size=(SIZE, SIZE),
            batch_size=BATCH,
            verbose=False,
            **more,
        )

    training, validation = images("train", validation_split=VALIDATION, subset="both", seed=0)
    base = _base(weights)
    base.trainable = False
    picture = keras.Input((SIZE, SIZE, 3))
    x = base(keras.layers.Rescaling(1 / 127.5, -1)(picture), training=False)
    model = keras.Model(picture, keras.layers.Dense(1, activation="sigmoid")(x))
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    clock = Clock()
    model.fit(training, validation_data=validation, epochs=MEASURED, callbacks=[clock], verbose=0)
    model.evaluate(images("test"), verbose=0)
    return clock.seconds


def submit_and_wait(folder: Path, other: str) -> float:
    """Submit a run in a process that works as the app's; return the seconds until it is stored."""
    from engine.cli_training import with_settings
    from engine.data.sources import open_source
    from engine.learning.presets import PRESETS
    from engine.runs import queue
    from pages.shared import background

    app = background.start()
    while not app.warm:
        time.sleep(0.5)
    time.sleep(SPARE_SECONDS)
    catalogue = open_source(str(folder))
    recipe = with_settings(PRESETS[PRESET].recipe(catalogue.hash), [*SETTINGS, other])
    start = time.perf_counter()
    run = queue.submit(recipe, str(folder), "benchmark")
    if run.cached:
        raise SystemExit(f"The run with {other} was there already.")
    while not (here := queue.progress(run.run_id)).ended:
        time.sleep(0.05)
    seconds = time.perf_counter() - start
    if here.status != "finished":
        raise SystemExit(f"The run with {other} {here.status}: {here.reason}\n{here.log}")
    print(f"second, {other}: {seconds:.2f} s\n{here.log}", file=sys.stderr)
    return seconds


def _base(weights: Path) -> Any:
    import keras

    return keras.applications.MobileNetV2(
        input_shape=(SIZE, SIZE, 3), include_top=False, weights=str(weights), pooling="avg"
    )


def one(side: str, folder: Path, more: str) -> float:
    """Measure a side in this process; what libraries print goes to stderr."""
    with contextlib.redirect_stdout(sys.stderr):
        if side == "second":
            return submit_and_wait(folder, more)
        return {"bare": predict_once, "plain": fit_plainly}[side](folder, Path(more))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(one(sys.argv[2], Path(sys.argv[3]), sys.argv[4])))
    else:
        main()
