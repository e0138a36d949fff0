import json
import random
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from plates.alphabet import IGNORED, text_of
from plates.augment import box_around, degrade, expand_quad, merged_look, plate_quad, sensor_noise, warp
from plates.crops import INSET, Crop, is_tune, load_merged, make_sample, plain_sample, swap_characters, told
from plates.recognizer import GRID_WIDTH


def rendered_crop() -> Crop:
    """A white plate with three black bars for characters, at known centres."""
    image = np.full((60, 180, 3), 240, np.uint8)
    centres = np.array([[40, 30], [90, 30], [140, 30]], np.float32)
    for x, y in centres.astype(int):
        image[y - 20 : y + 20, x - 8 : x + 8] = 10
    return Crop(image, plate_quad((0, 0, 180, 60)), "111", centres, 1, None, 0, "rendered")


def test_expanding_by_nothing_changes_nothing() -> None:
    quad = np.array([[3, 4], [50, 8], [48, 30], [2, 25]], np.float32)
    assert np.allclose(expand_quad(quad, 0, 0, 0, 0), quad, atol=1e-3)


def test_expanding_a_box_moves_its_sides_by_their_share() -> None:
    assert np.allclose(
        expand_quad(plate_quad((10, 10, 100, 20)), 0.1, 0.5, 0.1, 0.5), plate_quad((0, 0, 120, 40)), atol=1e-3
    )


def test_the_box_around_a_leaning_plate_holds_it_and_touches_its_corners() -> None:
    plate = plate_quad((100, 50, 120, 30))
    leaning = 0
    for seed in range(40):
        quad = box_around(plate, random.Random(seed))
        distances = [cv2.pointPolygonTest(quad[:, None], tuple(map(float, corner)), True) for corner in plate]
        assert min(distances) > -0.01, "no corner is left out"
        assert sum(distance < 0.01 for distance in distances) >= 2, "and no side is wider than it must be"
        leaning += cv2.contourArea(quad) > 1.2 * cv2.contourArea(plate)
    assert leaning > 15


def test_warping_a_box_cuts_it_out() -> None:
    image = np.zeros((40, 80, 3), np.uint8)
    image[10:30, 20:60] = 200
    out, _ = warp(image, plate_quad((20, 10, 40, 20)), 40, 20)
    assert out[2:-2, 2:-2].min() == 200


def test_a_sample_looks_where_the_characters_are() -> None:
    crop = rendered_crop()
    for seed in range(30):
        sample = make_sample(crop, random.Random(seed), 0.0, [crop])
        known = sample.look[sample.look != IGNORED]
        columns = known % GRID_WIDTH
        assert (np.diff(columns) > 0).all(), "slots go left to right"
        assert text_of(sample.slots.tolist()) == "1" * len(known)
        assert sample.legibility == (0 if len(known) == 3 else 1), "a cut plate is never called whole"


def test_the_picture_of_inference_holds_the_plate_and_its_margin() -> None:
    plain = plain_sample(rendered_crop())
    grey = cv2.cvtColor(plain, cv2.COLOR_RGB2GRAY)
    assert plain.shape == (64, 160, 3)
    assert (grey[32] < 100).any() and grey[:3].min() > 200


def test_degrading_keeps_shape_and_type() -> None:
    image = np.random.default_rng(0).integers(0, 255, (64, 160, 3), dtype=np.uint8)
    for seed in range(60):
        out = degrade(image, 1.0, random.Random(seed))
        assert out.shape == image.shape and out.dtype == np.uint8


def test_a_merged_look_keeps_shape_and_type_and_raises_edges() -> None:
    image = np.full((64, 160, 3), 60, np.uint8)
    image[:, 80:] = 180
    beyond = 0
    for seed in range(30):
        out = merged_look(image, random.Random(seed))
        assert out.shape == image.shape and out.dtype == np.uint8
        means = out.mean(axis=(0, 2))
        beyond += means[76:84].max() - means[100:140].mean() > 2
    assert beyond > 15, "brighter beside the edge than far from it"


def test_a_merged_crop_is_seen_as_it_was_cut(tmp_path: Path) -> None:
    image = np.random.default_rng(1).integers(0, 255, (8, 20, 3), np.uint8).repeat(8, 0).repeat(8, 1)
    (tmp_path / "crops.bin").write_bytes(image.tobytes())
    (tmp_path / "crops.json").write_text(json.dumps({"count": 1, "height": 64, "width": 160}))
    character = {"text": "7", "quad": [[20, 10], [30, 10], [30, 50], [20, 50]], "visible": 1}
    plate = {"characters": [character], "region": "de", "legible": "full", "lines": 1, "corners": [[0, 0]] * 4}
    (tmp_path / "labels.jsonl").write_text(json.dumps({"plates": [plate]}) + "\n")
    [crop] = load_merged(tmp_path)
    assert crop.dataset == "merged" and crop.text == "7" and (crop.quad == INSET).all()
    assert np.abs(plain_sample(crop).astype(int) - image).max() <= 2


def test_only_where_it_is_asked_for_a_plate_gets_a_merged_look_and_a_merged_one_never(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks = []
    monkeypatch.setattr("plates.crops.merged_look", lambda image, _: looks.append(1) or image)
    plate = rendered_crop()
    merged = replace(plate, dataset="merged")
    for crop, share, expected in ((plate, 0, 0), (plate, 1, 20), (merged, 1, 0)):
        looks.clear()
        for seed in range(20):
            make_sample(crop, random.Random(seed), 0.5, [plate], share)
        assert len(looks) == expected


def test_sensor_noise_is_as_coarse_as_asked() -> None:
    def likeness(scale: float) -> float:
        noise = sensor_noise(64, 160, scale, random.Random(1))
        return float((noise[:, 1:] * noise[:, :-1]).mean() / (noise**2).mean())

    assert sensor_noise(64, 160, 1.0, random.Random(1)).shape[:2] == (64, 160)
    assert abs(likeness(1.0)) < 0.05, "single pixels know nothing of each other"
    assert likeness(0.25) > 0.7, "a sensor's pixel covers several of the picture's"


def test_the_tuning_split_never_moves() -> None:
    names = [f"set/{index}.webp" for index in range(1000)]
    kept = [name for name in names if is_tune(name)]
    assert kept == [name for name in names if is_tune(name)]
    assert 20 <= len(kept) <= 60


def test_swapping_characters_moves_picture_and_class_alike() -> None:
    image = np.zeros((64, 160, 3), np.uint8)
    centres = np.array([[20 + 30 * i, 32] for i in range(5)], np.float32)
    shades = np.array([40, 80, 120, 160, 200])
    for (x, _), shade in zip(centres.astype(int), shades, strict=True):
        image[12:52, x - 8 : x + 8] = shade
    swaps = 0
    for seed in range(30):
        classes = np.array([1, 2, 3, 11, 12])
        out, swapped = swap_characters(image, centres, classes, random.Random(seed))
        seen = [int(out[32, int(x)].mean()) for x, _ in centres]
        assert [int(shades[[1, 2, 3, 11, 12].index(c)]) for c in classes] == seen
        swaps += swapped
    assert swaps > 10


def test_lines_and_short_plates_are_not_swapped() -> None:
    image = np.zeros((64, 160, 3), np.uint8)
    for centres in (
        np.zeros((0, 2), np.float32),
        np.array([[20, 32], [60, 32], [100, 32]], np.float32),
        np.array([[20, 16], [60, 16], [20, 48], [60, 48]], np.float32),
    ):
        assert not swap_characters(image, centres, np.arange(1, 1 + len(centres)), random.Random(1))[1]


@pytest.mark.parametrize(
    ("region", "text", "asked"),
    [
        ("jp", "", ""),
        ("jp", "8226", "8226"),
        ("jp", "湘南50ひ8226", "8226"),
        ("jp", "湘南50ひ8?26", "8?26"),
        ("th", "1บย36", "1บย36"),
    ],
)
def test_of_a_japanese_plate_only_the_large_digits_are_asked_for(region: str, text: str, asked: str) -> None:
    assert "".join(c["text"] for c in told([{"text": character} for character in text], region)) == asked
