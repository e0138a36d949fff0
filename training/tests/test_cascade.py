"""A toy cascade learns bright bars, finds one, and its XML says the same."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from plates.cascade import (
    Cascade,
    all_features,
    code_table,
    codes,
    from_xml,
    grid_passes,
    integral,
    passes,
    to_xml,
    train_stage,
)
from plates.cascade_windows import HEIGHT as WINDOW_HEIGHT
from plates.cascade_windows import WIDTH as WINDOW_WIDTH
from plates.cascade_windows import (
    Scene,
    boxes_in_frame,
    cut_positives,
    is_held_out,
    overlap,
    reaches_cascade,
    view_of,
    views,
    without_margin,
)

WIDTH, HEIGHT = 18, 9


def windows(count: int, has_bar: bool, rng: np.random.Generator) -> np.ndarray:
    pictures = rng.integers(30, 90, (count, HEIGHT, WIDTH)).astype(np.uint8)
    if has_bar:
        pictures[:, 3:6, 5:13] += 120
    return pictures


@pytest.fixture(scope="module")
def toy() -> Cascade:
    rng = np.random.default_rng(3)
    features = all_features(WIDTH, HEIGHT)
    pictures = np.concatenate([windows(150, True, rng), windows(150, False, rng)])
    table = code_table(pictures, features)
    labels = np.concatenate([np.ones(150), -np.ones(150)])
    stage = train_stage(
        table,
        labels,
        min_hit_rate=0.99,
        max_false_alarm=0.05,
        max_stumps=20,
        features_a_round=200,
        rng=rng,
    )
    return Cascade(WIDTH, HEIGHT, features, [stage])


def test_there_are_no_features_in_a_window_without_room():
    assert len(all_features(2, 9)) == 0
    assert all_features(3, 3).tolist() == [[0, 0, 1, 1]]


def test_a_code_has_a_bit_for_every_cell_as_bright_as_the_middle():
    picture = np.array([[[9, 1, 1], [1, 5, 5], [1, 1, 1]]], np.uint8)
    zero = np.zeros(1, np.int64)
    assert codes(integral(picture), np.array([0, 0, 1, 1]), zero, zero, zero).tolist() == [128 | 16]


def test_a_stage_keeps_its_positives_and_drops_most_negatives(toy):
    rng = np.random.default_rng(4)
    for has_bar, low, high in [(True, 95, 100), (False, 0, 15)]:
        pictures = windows(100, has_bar, rng)
        zero = np.zeros(100, np.int64)
        assert low <= len(passes(toy, integral(pictures), np.arange(100), zero, zero)) <= high


def test_the_table_of_codes_agrees_with_single_ones():
    pictures = windows(20, True, np.random.default_rng(6))
    features = all_features(WIDTH, HEIGHT)[::97]
    every, zero = np.arange(20), np.zeros(20, np.int64)
    expected = [codes(integral(pictures), feature, every, zero, zero) for feature in features]
    assert (code_table(pictures, features) == np.array(expected)).all()


def test_the_grid_finds_the_windows_that_pass_one_by_one(toy):
    picture = np.random.default_rng(5).integers(30, 90, (60, 90)).astype(np.uint8)
    picture[20:23, 35:43] += 120
    sums = integral(picture[None])
    found = grid_passes(toy, sums[0], 1)
    assert [30, 17] in found.tolist()  # the window around the bar
    top, left = (values.ravel() for values in np.mgrid[0 : 60 - HEIGHT + 1, 0 : 90 - WIDTH + 1])
    alive = passes(toy, sums, np.zeros(len(left), np.int64), left, top)
    assert sorted(found.tolist()) == sorted(np.stack([left[alive], top[alive]], 1).tolist())
    assert len(grid_passes(toy, sums[0, :5, :5], 1)) == 0


def scene(plate: tuple[int, int, int, int]) -> Scene:
    grey = np.full((240, 320), 60, np.uint8)
    x, y, width, height = plate
    grey[y : y + height, x : x + width] = 200
    return Scene("toy/1.webp", grey, np.array([plate], np.float64), np.array([True]), False)


def test_positives_show_the_plate_with_a_margin_whatever_its_shape():
    for plate in [(100, 80, 60, 32), (60, 100, 180, 40), (20, 30, 48, 16)]:
        cut = cut_positives([scene(plate)], 20, np.random.default_rng(7))
        assert cut.shape == (20, WINDOW_HEIGHT, WINDOW_WIDTH)
        assert (cut[:, 4:8, 8:28] > 180).all()
        assert (cut[:, 0, 0] < 130).mean() > 0.8


def test_a_view_and_its_boxes_lead_back_to_the_frame():
    grey = scene((100, 80, 90, 30)).grey
    every = views(grey.shape)
    assert len(every) > 10 and views((8, 8)) == []
    for view in every:
        picture, pixel = view_of(grey, view)
        assert np.allclose(np.array(picture.shape[::-1]) * pixel, [320, 240])
    box = boxes_in_frame(np.array([[0, 0]]), np.array([2.0, 3.0]))
    assert box.tolist() == [[0, 0, 72, 36]]
    inner = without_margin(box)
    assert np.isclose(overlap(inner, inner[0])[0], 1) and inner[0, 2] < 72


def test_a_scene_and_the_crops_of_it_are_held_back_together():
    name = "00b42b2c-f193-4863-b92c-0245cbc816da___3e7fd381-0ae5-4421-8a70-279ee0ec1c61_Niss"
    crop = "00b42b2c-f193-4863-b92c-0245cbc816da___3e7fd381-0ae5-4421-8a_0"
    assert is_held_out(f"{name}.webp") == is_held_out(f"{crop}.webp")
    share = np.mean([is_held_out(f"{number}.webp") for number in range(2000)])
    assert 0.05 < share < 0.15


def test_the_xml_holds_every_stump_with_eight_words(toy):
    root = ElementTree.fromstring(to_xml(toy))
    cascade = root.find("cascade")
    nodes = [node.text.split() for node in cascade.iter("internalNodes")]
    assert len(nodes) == len(toy.stages[0].stumps)
    feature_count = len(cascade.find("features"))
    assert all(len(node) == 11 and 0 <= int(node[2]) < feature_count for node in nodes)
    subset = toy.stages[0].stumps[0].subset
    words = [int(word) & 0xFFFFFFFF for word in nodes[0][3:]]
    assert [bool(words[code >> 5] >> (code & 31) & 1) for code in range(256)] == subset.tolist()


def test_a_cascade_read_back_from_its_xml_lets_the_same_windows_through(toy: Cascade):
    rng = np.random.default_rng(5)
    pictures = np.concatenate([windows(40, True, rng), windows(40, False, rng)])
    zeros = np.zeros(80, np.int64)
    shuffled = toy.features[rng.permutation(len(toy.features))]
    again = Cascade(WIDTH, HEIGHT, shuffled, from_xml(to_xml(toy), shuffled))
    sums = integral(pictures)
    expected = passes(toy, sums, np.arange(80), zeros, zeros)
    assert passes(again, sums, np.arange(80), zeros, zeros).tolist() == expected.tolist()


def test_a_cascade_of_another_window_is_refused(toy: Cascade):
    with pytest.raises(ValueError, match="does not have"):
        from_xml(to_xml(toy), all_features(3, 3))


def test_windows_that_are_flat_or_have_their_steps_at_the_rim_do_not_reach_the_cascade() -> None:
    flat = np.full((WINDOW_HEIGHT, WINDOW_WIDTH), 90, np.uint8)
    stripes = np.where(np.arange(WINDOW_WIDTH) % 4 < 2, 30, 200).astype(np.uint8)
    text, rim = flat.copy(), flat.copy()
    text[3:9] = stripes
    rim[:2] = rim[-2:] = stripes
    assert reaches_cascade(np.zeros((0, WINDOW_HEIGHT, WINDOW_WIDTH), np.uint8)).tolist() == []
    assert reaches_cascade(np.stack([flat, text, rim])).tolist() == [False, True, False]
