"""Combinations that make no sense are refused with a way out; everything else passes."""

from dataclasses import replace
from typing import Any

import pytest

from engine.learning.backbones import BACKBONES
from engine.learning.networks import HEADS, NETWORKS, SCRATCH
from engine.learning.presets import PRESETS, get_preset
from engine.learning.regimes import REGIMES, phases
from engine.learning.rules import check
from engine.words.errors import CxrError, NotFound
from engine.words.options import Choice
from engine.words.recipe import Recipe

TRANSFER = Recipe("", Choice("mobilenetv2"), Choice("adam"), Choice("gap"), Choice("frozen"))
OWN = Recipe("", Choice("cnn_d"), Choice("adam"))
RANDOM = Choice.of("mobilenetv2", weights="random")
NONSENSE: dict[str, tuple[Recipe, dict[str, Any], str]] = {
    # what does not go together: a recipe, what is changed in it, the way out that is named
    "a head on a network that has its own": (OWN, {"head": Choice("gap")}, "head 'own', or a back"),
    "freezing a network from scratch": (OWN, {"regime": Choice("frozen")}, "from scratch, or cho"),
    "a backbone without a head": (TRANSFER, {"head": Choice("own")}, "Choose a head that decides"),
    "freezing random weights": (TRANSFER, {"network": RANDOM}, "'imagenet', or train from scratch"),
    "fine-tuning random weights": (
        TRANSFER,
        {"network": RANDOM, "regime": Choice("last")},
        "'imagenet', or train from scratch",
    ),
    "two phases on random weights": (
        TRANSFER,
        {"network": RANDOM, "regime": Choice("two_phases")},
        "'imagenet', or train from scratch",
    ),
    "pretrained weights from scratch": (
        TRANSFER,
        {"regime": Choice("scratch")},
        "weights 'random', or a regime",
    ),
    "one unit for three classes": (TRANSFER, {"task": "kinds"}, "output softmax"),
    "an image too small for a backbone": (TRANSFER, {"size": 31}, "at least 32 .* Raise the size"),
    "an image too small for InceptionV3": (
        TRANSFER,
        {"network": Choice("inceptionv3"), "size": 74},
        "at least 75 .* Raise the size",
    ),
    "an image too small for six poolings": (OWN, {"size": 31}, "at least 32 .* Raise the size"),
    "an unknown cut": (
        TRANSFER,
        {"network": Choice.of("mobilenetv2", cut="conv5")},
        "block_12_add.*number from 1 to 153",
    ),
    "a cut beyond the end": (
        TRANSFER,
        {"network": Choice.of("mobilenetv2", cut="154")},
        "number from 1 to 153",
    ),
    "a cut at the input": (
        TRANSFER,
        {"network": Choice.of("mobilenetv2", cut="0")},
        "number from 1 to 153",
    ),
    "learning layers behind the cut": (
        TRANSFER,
        {
            "network": Choice.of("inceptionv3", cut="mixed4"),
            "regime": Choice.of("middle", first=120, last=150),
        },
        "ends at layer 132. Cut it later",
    ),
    "a range that ends before it begins": (
        TRANSFER,
        {"regime": Choice.of("middle", first=90, last=80)},
        "Choose a first layer before the last",
    ),
    "freezing more layers than there are": (
        TRANSFER,
        {"regime": Choice.of("after", layers=300)},
        "ends at layer 153",
    ),
    "an unknown network": (TRANSFER, {"network": Choice("resnet18")}, "resnet50"),
    "an unknown head": (TRANSFER, {"head": Choice("report_c")}, "report_d"),
    "an unknown regime": (TRANSFER, {"regime": Choice("thaw")}, "two_phases"),
    "an unknown strategy": (TRANSFER, {"imbalance": Choice("smote")}, "oversample_augmented"),
    "weights of another kind": (
        TRANSFER,
        {"network": Choice.of("mobilenetv2", weights="chest")},
        "imagenet, random",
    ),
    "a setting that the regime does not have": (
        TRANSFER,
        {"regime": Choice.of("frozen", layers=3)},
        "It has: views, features",
    ),
    "too many units": (TRANSFER, {"head": Choice.of("gap", units=5000)}, "0 and 4096"),
}


@pytest.mark.parametrize("case", NONSENSE)
def test_nonsense_is_refused_and_the_way_out_named(case: str) -> None:
    recipe, changes, way_out = NONSENSE[case]
    check(recipe)  # sound before the change
    with pytest.raises(CxrError, match=way_out) as caught:
        check(replace(recipe, **changes))
    assert str(caught.value).endswith(".")


def test_class_weights_and_oversampling_cannot_be_asked_for_together() -> None:
    recipe = TRANSFER.with_setting("imbalance", "class_weight")
    assert recipe.with_setting("imbalance", "oversample").imbalance == Choice("oversample")
    with pytest.raises(CxrError, match="no setting 'weights'"):
        check(recipe.with_setting("imbalance.weights", "true"))


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("network", NETWORKS)
def test_every_network_goes_with_every_regime_but_for_the_three_that_make_no_sense(
    network: str, regime: str
) -> None:
    scratch = regime == "scratch"
    own = network in SCRATCH
    knobs = {"first": 5, "last": 9} if regime == "middle" else {}
    knobs |= {"layers": 10} if regime == "after" else {}
    choice = Choice(network) if own or not scratch else Choice.of(network, weights="random")
    head = Choice("own" if own else "gap")
    asked = replace(TRANSFER, network=choice, head=head, regime=Choice.of(regime, **knobs))
    if own and not scratch:
        with pytest.raises(CxrError, match="no pretrained layers"):
            check(asked)
        return
    full = check(asked)
    assert check(full) == full
    assert len(phases(full)) == (2 if regime == "two_phases" else 1)


@pytest.mark.parametrize("head", sorted(HEADS.keys() - {"own"}))
@pytest.mark.parametrize("task", ["labels", "kinds"])
def test_every_head_goes_with_a_backbone_and_either_task(head: str, task: str) -> None:
    chosen = Choice.of(head, output="softmax")
    assert check(replace(TRANSFER, head=chosen, task=task)).head.kwargs["output"] == "softmax"


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_a_recipe_that_the_rules_accept(name: str) -> None:
    recipe = check(get_preset(name.lower()).recipe("data"))
    assert recipe.preset == name
    assert check(recipe) == recipe
    assert Recipe.from_json(recipe.to_json()) == recipe


def test_every_row_of_the_reports_is_a_preset() -> None:
    rows = {
        *(f"A{n}" for n in range(1, 7)),
        *(f"A2-{way}" for way in ("undersample", "oversample", "ensemble", "weights")),
        *("B-VGG16", "B-DenseNet121", "B-ResNet50"),
        *(f"C{n}" for n in range(1, 6)),
        *("D1", "D2", "D3", "D3-early", "D4", "D4-SGD", "D5", "D5-fine", "D6", "D6-early"),
    }
    assert set(PRESETS) - {"Quick", "A2-GAP", "Best"} == rows
    assert all(PRESETS[name].cite for name in rows)
    assert not PRESETS["Quick"].cite and not PRESETS["Quick"].reported
    assert {PRESETS[name].recipe("").split.kind for name in rows if name[0] == "D"} == {"random"}


def test_an_unknown_preset_lists_the_known_ones() -> None:
    with pytest.raises(NotFound, match="C1"):
        get_preset("Z9")


@pytest.mark.parametrize("name", BACKBONES)
def test_every_cut_point_may_be_chosen_by_name_or_by_number(name: str) -> None:
    row = BACKBONES[name]
    for cut, (number, words) in row.cuts.items():
        assert words
        assert row.end(Choice.of(name, cut=cut)) == row.end(Choice.of(name, cut=str(number)))
        asked = replace(TRANSFER, network=Choice.of(name, cut=cut))
        assert check(asked).network.kwargs["cut"] == cut
