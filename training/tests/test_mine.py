import numpy as np

from plates.mine import non_plates, shared_part
from plates.scenes import Scene


class OneFind:
    """Stands in for the detector: it finds a box of 64x32 px around the input's cell at (row, column) of stride 8."""

    def __init__(self, row: int, column: int):
        self.row, self.column = row, column

    def run(self, _outputs: None, feeds: dict[str, np.ndarray]) -> list[np.ndarray]:
        _, height, width, _ = feeds["image"].shape
        cells = sum((height // stride) * (width // stride) for stride in (8, 16, 32))
        output = np.zeros((1, 14, cells), np.float32)
        output[0, 0] = -9
        output[0, :5, self.row * (width // 8) + self.column] = [3, 4, 2, 4, 2]
        return [output]


def scene(quads: list[list[list[float]]]) -> Scene:
    count = len(quads)
    shape = np.array(quads, np.float32).reshape(-1, 4, 2)
    return Scene(
        np.zeros((240, 480, 3), np.uint8), shape, np.zeros(count, bool), np.zeros(count, np.int64), False, "negatives"
    )


def test_a_find_without_a_plate_is_cut_out_with_its_surroundings() -> None:
    [(image, quad)] = non_plates(OneFind(10, 20), scene([]))
    assert np.allclose(quad[2] - quad[0], [64, 32], atol=1)
    assert image.shape[1] > 1.6 * 64


def test_a_find_on_a_labelled_plate_is_left_out() -> None:
    plate = [[150.0, 80.0], [180.0, 80.0], [180.0, 90.0], [150.0, 90.0]]
    assert non_plates(OneFind(10, 20), scene([plate])) == []


def test_overlap_is_a_share_of_the_smaller_box() -> None:
    inner, outer = np.array([10.0, 10, 20, 20]), np.array([0.0, 0, 100, 100])
    assert shared_part(inner, outer) == 1
    assert shared_part(inner, np.array([50.0, 50, 60, 60])) == 0
