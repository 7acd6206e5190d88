"""The batch that is shown is the very batch that training begins with."""

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from engine.data.catalogue import Catalogue
from engine.learning import material, weights
from engine.learning.anatomy import Anatomy
from engine.learning.assembly import assemble
from engine.learning.caching import decide
from engine.learning.first_batch import first_batch
from engine.learning.graph import read, tensor
from engine.learning.listener import Silent
from engine.learning.material import Material
from engine.learning.preparing import Prepared, outline, prepare
from engine.learning.regimes import phases
from engine.learning.rules import check
from engine.learning.trunks import trunks
from engine.words.errors import CxrError
from engine.words.options import Choice
from engine.words.recipe import Recipe
from tests.learning.made_training import recipe

TURN = (Choice.of("rotate", limit=20.0), Choice.of("flip", chance=0.5))
SCRATCH = {"network": Choice("cnn_d"), "head": Choice("own"), "regime": Choice("scratch")}


@pytest.mark.usefixtures("cxr_dirs")
@pytest.mark.parametrize("decoded", [True, False])
@pytest.mark.parametrize("strategy", ["none", "oversample", "oversample_augmented", "class_weight"])
@pytest.mark.parametrize("steps", [(), TURN])
def test_it_is_the_first_batch_of_training_on_pixels(
    squares: Catalogue, strategy: str, steps: tuple[Choice, ...], decoded: bool
) -> None:
    one = check(
        recipe(squares, **SCRATCH, imbalance=Choice(strategy), augmentation=steps, seed=7, batch=16)
    )
    here = outline(one, squares)
    ready = prepare(one, squares, Silent()) if decoded else None
    shown = first_batch(one, squares, here)
    ready = ready or prepare(one, squares, Silent())
    x, y, cost = learning(one, ready).training[0]
    assert (x[..., 0] == np.stack([picture.image for picture in shown])).all()
    assert [picture.label for picture in shown] == [here.classes[int(row[0])] for row in y]
    assert [picture.weight for picture in shown] == pytest.approx(cost)


def learning(one: Recipe, ready: Prepared) -> Material:
    tensor_in = keras.Input((one.size, one.size, 1))
    unit = keras.layers.Dense(1)(keras.layers.Flatten()(tensor_in))
    model = keras.Model(tensor_in, unit)
    return material.whole(model, one, ready, ready.plans[0], Silent())


@pytest.mark.usefixtures("cxr_dirs")
def test_repeats_and_copies_are_counted(squares: Catalogue) -> None:
    one = check(recipe(squares, **SCRATCH, imbalance=Choice("oversample_augmented"), batch=56))
    shown = first_batch(one, squares, outline(one, squares))  # the whole epoch
    rows = [picture.row for picture in shown]
    assert [picture.times for picture in shown] == [rows.count(row) for row in rows]
    normal = [picture for picture in shown if picture.label == "NORMAL"]
    assert len(normal) == 28 and len({picture.row for picture in normal}) == 12
    assert sum(picture.copy > 0 for picture in normal) == 16
    assert not any(picture.copy for picture in shown if picture.label != "NORMAL")
    labels = squares.images["label"].to_numpy()
    assert all(labels[picture.row] == picture.label for picture in shown)
    assert (squares.images["split"].to_numpy()[rows] == "train").all()


@pytest.mark.usefixtures("cxr_dirs")
def test_members_of_an_ensemble_begin_with_pictures_of_their_own(squares: Catalogue) -> None:
    one = check(recipe(squares, **SCRATCH, imbalance=Choice.of("ensemble", members=2), batch=26))
    here = outline(one, squares)
    sick = [
        {shown.row for shown in first_batch(one, squares, here, member) if shown.label != "NORMAL"}
        for member in range(2)
    ]
    assert not sick[0] & sick[1] and len(sick[0] | sick[1]) == 28


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("strategy", ["none", "oversample_augmented"])
def test_it_is_the_first_batch_of_kept_views(squares: Catalogue, strategy: str) -> None:
    frozen = Choice.of("frozen", views=3)
    one = recipe(squares, regime=frozen, imbalance=Choice(strategy), augmentation=TURN, epochs=50)
    one = check(replace(one, seed=1, split=replace(one.split, seed=0)))
    ready = prepare(one, squares, Silent())
    file = weights.resolve("tiny", Silent())
    built = assemble(one, 2, file.path)
    anatomy = Anatomy(read(built.model), built.numbers)
    caching = decide(one, phases(one)[0], anatomy, ready.amounts(ready.plans[0]))
    assert caching.views == 3
    (trunk,) = trunks(built.model, one, anatomy, file.digest, [caching])
    assert trunk is not None
    kept = material.cached(trunk, one, ready, ready.plans[0], Silent()).training[0][0]
    shown = first_batch(one, squares, outline(one, squares), views=caching.views)
    end = keras.Model(built.model.input, tensor(built.model, trunk.cut))
    pictures = np.stack([picture.image for picture in shown])[..., np.newaxis]
    expected = np.asarray(end.predict_on_batch(pictures.astype(np.float32)))
    assert expected == pytest.approx(np.asarray(kept, np.float32), abs=1e-3)
    anew = first_batch(one, squares, outline(one, squares))
    assert any((a.image != b.image).any() for a, b in zip(anew, shown, strict=True))


@pytest.mark.usefixtures("cxr_dirs")
def test_a_file_that_went_is_named(squares: Catalogue, tmp_path: Path) -> None:
    one = check(recipe(squares, **SCRATCH))
    gone = replace(squares, root=tmp_path)
    with pytest.raises(CxrError, match="was a readable image"):
        first_batch(one, gone, outline(one, gone))
