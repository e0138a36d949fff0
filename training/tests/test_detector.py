import random

import numpy as np
import torch

from plates.augment import plate_quad
from plates.crops import Crop
from plates.detector import OUTPUTS, Detector, cell_centres
from plates.scenes import Scene, letterbox, make_view
from plates.train_detector import assign, generalised_iou_loss, loss_of, pair_iou


def one_truth(boxes: list[list[float]]) -> dict[str, torch.Tensor]:
    plates = torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4)
    x1, y1, x2, y2 = plates.unbind(1)
    return {
        "boxes": plates,
        "quads": torch.stack(
            [torch.stack([x1, y1], 1), torch.stack([x2, y1], 1), torch.stack([x2, y2], 1), torch.stack([x1, y2], 1)], 1
        ),
        "has_corners": torch.ones(len(plates), dtype=torch.bool),
        "lines": torch.ones(len(plates), dtype=torch.int64),
        "ignored": torch.zeros(len(plates), dtype=torch.bool),
        "incomplete": torch.tensor(False),
    }


def test_the_net_gives_one_row_a_cell_at_any_shape() -> None:
    net = Detector().eval()
    for height, width in ((96, 160), (64, 64)):
        centres, strides = cell_centres(height, width)
        assert net(torch.zeros(1, 3, height, width)).shape == (1, OUTPUTS, len(centres))
        assert len(strides) == len(centres)


def test_iou_of_a_box_with_itself_is_one_and_its_loss_zero() -> None:
    box = torch.tensor([[10.0, 10, 50, 30]])
    assert torch.allclose(pair_iou(box, box), torch.ones(1), atol=1e-4)
    assert generalised_iou_loss(box, box).abs().item() < 1e-3


def test_a_picture_without_plates_claims_no_cell() -> None:
    centres, strides = cell_centres(64, 64)
    owner, target, ignored = assign(
        torch.rand(len(centres)), torch.rand(len(centres), 4), one_truth([]), centres, strides
    )
    assert (owner == -1).all() and target.sum() == 0 and not ignored.any()


def test_cells_in_a_plate_are_claimed_and_a_plate_thinner_than_a_cell_is_too() -> None:
    centres, strides = cell_centres(128, 128)
    boxes = torch.cat([centres - 8, centres + 8], 1)
    owner, target, _ = assign(
        torch.full((len(centres),), 0.1), boxes, one_truth([[20, 20, 60, 40], [80, 100.5, 110, 104]]), centres, strides
    )
    assert {0, 1} <= set(owner.tolist())
    assert (target[owner >= 0] > 0).any()
    inside = centres[owner == 0]
    assert (inside[:, 0] > 20 - 23).all() and (inside[:, 0] < 60 + 23).all()


def test_an_ignored_plate_is_neither_claimed_nor_punished() -> None:
    truth = one_truth([[20, 20, 60, 40]])
    truth["ignored"][:] = True
    centres, strides = cell_centres(128, 128)
    boxes = torch.cat([centres - 8, centres + 8], 1)
    owner, _, ignored = assign(torch.full((len(centres),), 0.1), boxes, truth, centres, strides)
    assert (owner == -1).all() and ignored.any()


def test_a_few_steps_lower_the_loss() -> None:
    torch.manual_seed(0)
    net = Detector()
    optimizer = torch.optim.AdamW(net.parameters(), 2e-3)
    image = torch.full((2, 3, 96, 96), 60.0)
    image[:, :, 30:60, 20:80] = 230
    truths = [one_truth([[20, 30, 80, 60]])] * 2
    centres, strides = cell_centres(96, 96)
    history = []
    for _ in range(25):
        loss = sum(loss_of(net(image), truths, centres, strides, forgive=False).values())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(loss.item())
    assert np.mean(history[-5:]) < 0.8 * np.mean(history[:5])


def test_letterbox_keeps_aspect_and_pads_right_and_below() -> None:
    canvas, scale = letterbox(np.full((100, 300, 3), 200, np.uint8), 96)
    assert canvas.shape == (32, 96, 3) and abs(scale - 0.32) < 1e-9
    assert (canvas[:, :96][:32] == 200).all()
    canvas, _ = letterbox(np.full((50, 300, 3), 200, np.uint8), 96)
    assert (canvas[16:] == 114).all()


def test_views_keep_their_plates_in_sight() -> None:
    scene = Scene(
        np.full((120, 200, 3), 90, np.uint8),
        plate_quad((60, 40, 80, 30))[None],
        np.array([True]),
        np.array([1]),
        False,
        "toy",
    )
    plate = Crop(np.full((30, 90, 3), 250, np.uint8), plate_quad((0, 0, 90, 30)), "AB12", None, 1, None, 0, "toy")
    for seed in range(20):
        view = make_view([scene], [plate], [], 128, random.Random(seed))
        assert view.image.shape == (128, 128, 3)
        assert len(view.quads) == len(view.has_corners) == len(view.lines)
        for quad in view.quads:
            assert quad[:, 0].max() > 0 and quad[:, 0].min() < 128
