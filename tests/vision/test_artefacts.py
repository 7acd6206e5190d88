"""Detectors find what was put there, point at it, and leave clean pictures alone."""

import cv2
import numpy as np
import pytest

from engine.vision.artefact_grid import peak
from engine.vision.artefact_rotation import axis
from engine.vision.artefact_view import View, severity
from engine.vision.artefacts import DETECTORS, FLAGGED, Finding, inspect
from engine.vision.evidence import Evidence, draw
from engine.vision.phantom import KINDS
from engine.vision.phantom import draw as draw_phantom
from engine.vision.phantom_artefacts import SPOILERS, spoil
from engine.words.options import Choice, complete

SIZES = (128, 144, 192)
CLEAN, SPOILED = 60, 40


@pytest.fixture(scope="module")
def clean() -> list[np.ndarray]:
    """Phantoms of every kind, at several sizes."""
    return [
        draw_phantom(300 + i, KINDS[i % 3], SIZES[i % 3], aspect=1 + 0.05 * (i % 4)).image
        for i in range(CLEAN)
    ]


@pytest.fixture(scope="module")
def found(clean) -> list[tuple[Finding, ...]]:
    return [inspect(image) for image in clean]


def measured(name: str, image: np.ndarray):
    return DETECTORS[name].load()(View(image))


def test_every_detector_answers_in_the_tables_order(found):
    for findings in found:
        assert [finding.name for finding in findings] == list(DETECTORS)
        for finding in findings:
            assert 0 <= finding.severity <= 1
            assert finding.flagged == (finding.severity >= FLAGGED)
            assert finding.label == DETECTORS[finding.name].label
            assert finding.sentence.endswith(".")
            assert finding.flagged or not finding.evidence


@pytest.mark.parametrize("place", range(len(DETECTORS)), ids=list(DETECTORS))
def test_clean_phantoms_raise_few_false_alarms(found, place):
    assert sum(findings[place].flagged for findings in found) <= 0.05 * CLEAN


@pytest.mark.parametrize("name", SPOILERS)
def test_spoiled_phantoms_score_above_clean_ones(clean, found, name):
    place = list(DETECTORS).index(name)
    good = np.array([findings[place].severity for findings in found])
    bad = np.array(
        [
            measured(name, spoil(image, name, i)[0]).severity
            for i, image in enumerate(clean[:SPOILED])
        ]
    )
    above = bad[:, None] - good[None]
    assert (above > 0).mean() + 0.5 * (above == 0).mean() >= 0.95
    assert (bad >= FLAGGED).mean() > 0.8


@pytest.mark.parametrize("name", ["metal", "text"])
def test_boxes_lie_on_what_was_added(clean, name):
    inside = total = 0
    for i, image in enumerate(clean[:25]):
        spoiled, mask = spoil(image, name, i)
        near = cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8))
        height, width = image.shape
        for left, top, wide, high in measured(name, spoiled).evidence.boxes:
            assert 0 <= left < left + wide <= 1 + 1e-9
            assert 0 <= top < top + high <= 1 + 1e-9
            rows = slice(int(top * height), int((top + high) * height) + 1)
            columns = slice(int(left * width), int((left + wide) * width) + 1)
            total += 1
            inside += bool(near[rows, columns].any())
    assert total >= 20
    assert inside / total > 0.85


def test_a_lone_side_marker_is_normal_and_a_word_beside_it_is_not():
    image = np.full((256, 256), 60, np.uint8)
    cv2.putText(image, "R", (12, 40), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 240, 2, cv2.LINE_AA)
    assert measured("text", image).severity < FLAGGED
    assert measured("metal", image).severity < FLAGGED
    cv2.putText(image, "SUPINE", (150, 40), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 240, 1, cv2.LINE_AA)
    assert measured("text", image).severity >= FLAGGED


def test_a_frame_is_text_and_a_disc_is_metal():
    field = draw_phantom(12, "normal", 256).image
    framed, button = field.copy(), field.copy()
    cv2.rectangle(framed, (60, 100), (120, 160), 250, 1)
    cv2.circle(button, (80, 120), 6, 255, -1, cv2.LINE_AA)
    assert measured("text", framed).severity >= FLAGGED
    assert measured("metal", button).severity >= FLAGGED
    assert measured("metal", field).severity < FLAGGED


@pytest.mark.parametrize("rate", [0.15, 0.25, 0.4])
@pytest.mark.parametrize("upright", [True, False])
def test_the_grids_rate_and_direction_are_measured(rate, upright):
    rows, columns = np.mgrid[:200, :240].astype(np.float32)
    stripes = 6 * np.sin(2 * np.pi * rate * (columns if upright else rows))
    ratio, seen, lean = peak(100 + stripes + np.random.default_rng(0).normal(0, 2, rows.shape))
    assert ratio > 20
    assert seen == pytest.approx(rate, abs=0.01)
    assert abs(np.cos(lean)) == pytest.approx(float(upright), abs=0.1)


@pytest.mark.parametrize("degrees", [-20, -10, 0, 10, 20])
def test_the_axis_leans_as_the_picture_was_turned(degrees):
    image = draw_phantom(9, "normal", 224).image
    turn = cv2.getRotationMatrix2D((112, 112), -degrees, 1.0)
    turned = cv2.warpAffine(image, turn, (224, 224))
    assert axis(View(turned).small)[0] == pytest.approx(axis(View(image).small)[0] + degrees, abs=3)


def test_blur_that_is_the_same_in_every_direction_is_no_motion(clean):
    rng = np.random.default_rng(0)
    soft, smeared = [], []
    for i, image in enumerate(clean[:20]):
        blurred = cv2.GaussianBlur(image.astype(np.float32), (0, 0), 0.012 * image.shape[0])
        grainy = blurred + rng.normal(0, 1.5, image.shape)
        soft.append(measured("motion", np.clip(grainy, 0, 255).astype(np.uint8)).severity)
        smeared.append(measured("motion", spoil(image, "motion", i)[0]).severity)
    assert np.mean(np.array(soft) >= FLAGGED) <= 0.35
    assert np.median(smeared) > max(FLAGGED, np.median(soft) + 0.2)


def test_small_pictures_are_not_judged_by_their_grain():
    image = draw_phantom(2, "viral", 64).image
    for name in ("noise", "motion", "grid"):
        measure = measured(name, image)
        assert measure.severity == 0
        assert "120 pixels" in measure.sentence


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((16, 16), np.uint8),
        np.full((300, 130), 255, np.uint8),
        np.random.default_rng(0).integers(0, 256, (20, 700), dtype=np.uint8),
        np.random.default_rng(0).integers(0, 256, (140, 140), dtype=np.uint8),
        np.eye(130, dtype=np.uint8) * 255,
    ],
    ids=["black", "white", "strip", "noise", "diagonal"],
)
@pytest.mark.filterwarnings("error")
def test_any_picture_gets_finite_answers_and_drawn_evidence(image):
    for finding in inspect(image):
        assert np.isfinite(finding.severity)
        drawn = draw(image, finding)
        assert drawn.shape == (*image.shape, 3)
        assert drawn.dtype == np.uint8


def test_evidence_is_drawn_where_it_lies_and_nothing_without_it():
    image = np.full((100, 200), 50, np.uint8)

    def drawn(evidence: Evidence) -> np.ndarray:
        finding = Finding("grid", "", 1.0, True, "", evidence)
        return (draw(image, finding, (255, 0, 0)) != 50).any(axis=2)

    assert not drawn(Evidence()).any()
    box = drawn(Evidence(boxes=((0.25, 0.5, 0.25, 0.25),)))
    assert box[50, 50:101].all()
    assert not box[60, 60]
    line = drawn(Evidence(lines=((0.0, 0.0, 1.0, 1.0),)))
    assert line[50, 100]
    assert not line[90, 10]
    half = np.zeros((10, 10), np.bool_)
    half[:, :5] = True
    tint = drawn(Evidence(mask=half))
    assert tint[:, :80].all()
    assert not tint[:, 120:].any()


def test_severity_is_half_at_the_limit_and_grows():
    assert severity(3.0, 3.0) == 0.5
    values = [severity(value, 3.0) for value in (-1.0, 0.0, 1.0, 2.9, 3.1, 50.0)]
    assert values == sorted(values)
    assert 0 == values[0] < values[-1] <= 1


def test_a_detectors_limit_can_be_chosen():
    choice = complete(Choice.of("grid"), DETECTORS, "detector")
    assert choice.kwargs == {"above": FLAGGED}
