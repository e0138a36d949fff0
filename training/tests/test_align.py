import numpy as np
import torch

from plates.align import MISREAD, align, character_centres, keeps_reading_order
from plates.augment import plate_quad
from plates.crops import Crop
from plates.recognizer import Recognizer


def test_a_character_is_where_attention_and_its_heat_agree() -> None:
    look, heat = np.zeros((12, 80)), np.zeros((138, 8, 40))
    look[0, 1 * 20 + 5] = 1  # row 1 of 4, column 5 of 20
    heat[7, 3, 11] = 0.9
    assert np.allclose(character_centres([7], look, heat), [[11.5 * 4, 3.5 * 8]])


def test_without_heat_the_cell_of_the_attention_counts() -> None:
    look = np.zeros((12, 80))
    look[0, 2 * 20 + 9] = 1
    assert np.allclose(character_centres([7], look, np.zeros((138, 8, 40))), [[76, 40]])


def test_reading_order_is_rightwards_or_one_line_down() -> None:
    assert keeps_reading_order(np.array([[10, 30]], np.float32))
    assert keeps_reading_order(np.array([[10, 16], [40, 16], [12, 48]], np.float32))
    assert not keeps_reading_order(np.array([[40, 30], [10, 30]], np.float32))
    assert not keeps_reading_order(np.array([[10, 16], [5, 48], [2, 60]], np.float32))


def test_plates_that_are_misread_get_no_positions_and_count_more() -> None:
    torch.manual_seed(0)
    crop = Crop(
        np.full((40, 120, 3), 90, np.uint8), plate_quad((0, 0, 120, 40)), "ABC123", None, 1, None, 0, "us-seg-crops"
    )
    aligned = align(Recognizer(), [crop])[0]
    assert aligned.centres is None
    assert aligned.emphasis == MISREAD
