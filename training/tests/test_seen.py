import numpy as np

from plates.crops import is_tune
from plates.seen import is_held_back, overlap, seen_plates
from tests.test_mine import OneFind

PICTURE = np.zeros((240, 480, 3), np.uint8)
FOUND = [123.75, 63.75, 60.0, 30.0]  # where OneFind(10, 20) finds one


def label(box: list[float], text: str | None) -> dict:
    return {"box": box, "text": text, "lines": 1, "region": None, "legible": "full"}


def test_plates_without_a_whole_text_are_left_out() -> None:
    assert seen_plates(OneFind(10, 20), PICTURE, []) == []
    assert seen_plates(OneFind(10, 20), PICTURE, [label(FOUND, None), label(FOUND, "AB?1")]) == []


def test_a_plate_that_is_found_has_the_corners_that_inference_would_have() -> None:
    [(image, quad, plate)] = seen_plates(OneFind(10, 20), PICTURE, [label(FOUND, "AB1")])
    assert plate["text"] == "AB1"
    assert np.allclose(quad[2] - quad[0], [60, 30], atol=1)  # OneFind gives no corners: its box
    assert image.shape[1] > 1.6 * 60


def test_a_plate_elsewhere_is_not_found() -> None:
    assert seen_plates(OneFind(10, 20), PICTURE, [label([10, 10, 60, 30], "AB1")]) == []


def test_overlap_is_a_share_of_both_boxes() -> None:
    box = np.array([0.0, 0, 10, 10])
    assert overlap(box, box) == 1
    assert overlap(box, np.array([5.0, 0, 15, 10])) == 1 / 3
    assert overlap(box, box + 20) == 0


def test_scenes_of_the_tuning_split_and_of_its_crops_are_held_back() -> None:
    numbers = range(400)
    scenes = {n for n in numbers if is_tune(f"set/{n}.webp")}
    crops = {n for n in numbers if is_tune(f"set/{n}_1.webp")}
    assert {n for n in numbers if is_held_back("set", f"{n}.webp", 0)} == scenes
    held = {n for n in numbers if is_held_back("set", f"{n}.webp", 2)}
    assert held >= scenes | crops and len(held) < len(numbers) / 4
