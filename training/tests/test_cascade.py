"""A toy cascade learns bright bars, finds one, and its XML says the same."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from plates.cascade import Cascade, all_features, codes, integral, passes, search, to_xml, train_stage

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
    every, zero = np.arange(len(pictures)), np.zeros(len(pictures), np.int64)
    sums = integral(pictures)
    table = np.array([codes(sums, feature, every, zero, zero) for feature in features])
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


def test_the_search_finds_a_bar_where_it_is(toy):
    picture = np.random.default_rng(5).integers(30, 90, (80, 120)).astype(np.uint8)
    picture[40:46, 60:76] += 120  # twice the window's bar
    found = search(toy, picture)
    middles = found[:, :2] + found[:, 2:] / 2
    near = (np.abs(middles - [68, 43]) < 5).all(1)
    assert near.sum() >= 1
    assert near.mean() > 0.1  # a hundredth of the windows lie so near


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
