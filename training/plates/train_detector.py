"""Trains the detector on real scenes, pasted plates and negatives. Resumable.

python -m plates.train_detector --data ../shared/data --out .work/detector --minutes 90
"""

import argparse
import random
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset

from .crops import Crop, load_crops, load_rendered, load_synth
from .detector import LONG_SIDE, Detector, cell_centres
from .precision import autocast
from .run import Run, add_run_options
from .scenes import IGNORE_BELOW_PX, Scene, View, letterbox, load_scenes, make_view

TOP_CELLS = 10  # cells a plate may claim (Feng et al. 2021, TOOD, use 13)
# Crops whose box is tight on the plate, so that pasting them gives usable corners.
PASTED_SETS = {
    "openalpr-br-crops",
    "openalpr-eu-crops",
    "world-lprds-crops",
    "us-seg-crops",
    "cn-lprnet-crops",
    "farhad-crops",
    "ealpr-egypt",
    "algeria-crops",
    "vn-motorcycles",
    "openalpr-eu2-crops",
}


class Views(IterableDataset):
    """Endless batches of views; real sets weighted so that small ones count."""

    def __init__(
        self, scenes: list[Scene], plates: list[Crop], others: list[Crop], args: argparse.Namespace, start: int
    ):
        self.plates, self.others, self.args, self.start = plates, others, args, start
        sizes: dict[str, int] = {}
        for scene in scenes:
            sizes[scene.dataset] = sizes.get(scene.dataset, 0) + 1
        repeats = [max(1, round((600 / sizes[scene.dataset]) ** 0.3)) for scene in scenes]
        self.scenes = [scene for scene, repeat in zip(scenes, repeats, strict=True) for _ in range(repeat)]

    def __iter__(self):
        worker = torch.utils.data.get_worker_info()
        number, workers = (worker.id, worker.num_workers) if worker else (0, 1)
        for step in range(self.start + number, 10**9, workers):
            rng = random.Random(self.args.seed * 1_000_003 + step)
            side = rng.choice(self.args.small_sides if step < self.args.small_until else self.args.sides)
            views = [make_view(self.scenes, self.plates, self.others, side, rng) for _ in range(self.args.batch)]
            yield torch.from_numpy(np.stack([view.image for view in views])), [_truth(view) for view in views]


def is_lettered(image: np.ndarray) -> bool:
    """Whether there is clear writing in the middle: an empty or blurred sign looks like a plate that can't be read."""
    height, width = image.shape[:2]
    middle = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[height // 4 : -height // 4, width // 5 : -width // 5]
    return float((np.abs(cv2.Sobel(middle, cv2.CV_32F, 1, 0)) > 120).mean()) > 0.08


def _truth(view: View) -> dict[str, Tensor]:
    quads = torch.from_numpy(view.quads.astype(np.float32)).reshape(-1, 4, 2)
    side = view.image.shape[0]
    boxes = torch.cat([quads.amin(1), quads.amax(1)], 1).clamp(0, side)
    return {
        "quads": quads,
        "boxes": boxes,
        "has_corners": torch.from_numpy(view.has_corners.copy()),
        "lines": torch.from_numpy(view.lines.copy()),
        "ignored": (boxes[:, 3] - boxes[:, 1] < IGNORE_BELOW_PX),
        "incomplete": torch.tensor(view.incomplete),
    }


def pair_iou(a: Tensor, b: Tensor) -> Tensor:
    """Intersection over union of boxes x1 y1 x2 y2, broadcast over the leading dimensions."""
    wide = (torch.minimum(a[..., 2], b[..., 2]) - torch.maximum(a[..., 0], b[..., 0])).clamp(min=0)
    high = (torch.minimum(a[..., 3], b[..., 3]) - torch.maximum(a[..., 1], b[..., 1])).clamp(min=0)
    inner = wide * high
    area_a = (a[..., 2] - a[..., 0]) * (a[..., 3] - a[..., 1])
    area_b = (b[..., 2] - b[..., 0]) * (b[..., 3] - b[..., 1])
    return inner / (area_a + area_b - inner + 1e-6)


def generalised_iou_loss(a: Tensor, b: Tensor) -> Tensor:
    """1 - GIoU (Rezatofighi et al. 2019)."""
    wide = torch.maximum(a[..., 2], b[..., 2]) - torch.minimum(a[..., 0], b[..., 0])
    high = torch.maximum(a[..., 3], b[..., 3]) - torch.minimum(a[..., 1], b[..., 1])
    hull = wide * high + 1e-6
    area_a = (a[..., 2] - a[..., 0]) * (a[..., 3] - a[..., 1])
    area_b = (b[..., 2] - b[..., 0]) * (b[..., 3] - b[..., 1])
    iou = pair_iou(a, b)
    union = (area_a + area_b) / (1 + iou)
    return 1 - iou + (hull - union) / hull


@torch.no_grad()
def assign(
    scores: Tensor, boxes: Tensor, truth: dict[str, Tensor], centres: Tensor, strides: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Task-aligned assignment (Feng et al. 2021): plate of each cell (-1 = none), its target score, cells to leave alone."""
    cells = centres.shape[0]
    owner = torch.full((cells,), -1)
    target = torch.zeros(cells)
    ignored = torch.zeros(cells, dtype=torch.bool)
    if len(truth["boxes"]) == 0:
        return owner, target, ignored
    plates = truth["boxes"]
    middle = (plates[:, :2] + plates[:, 2:]) / 2
    half = (plates[:, 2:] - plates[:, :2]) / 2
    reach = torch.maximum(half[:, None], 0.7 * strides[None, :, None])  # a thin plate still owns the nearest cells
    inside = ((centres[None] - middle[:, None]).abs() < reach).all(-1)  # (plates, cells)
    ignored = inside[truth["ignored"]].any(0)
    overlap = pair_iou(plates[:, None], boxes[None])
    metric = scores[None].sqrt() * overlap.pow(4) * inside + 1e-9 * inside
    # Before boxes fit, the nearest cells of a fitting stride lead.
    metric[truth["ignored"]] = 0
    top = metric.topk(min(TOP_CELLS, cells), dim=1)
    chosen = torch.zeros_like(metric).scatter_(1, top.indices, top.values)
    best, plate = chosen.max(0)
    claimed = best > 0
    owner[claimed] = plate[claimed]
    for index in range(len(plates)):
        mine = owner == index
        if mine.any():
            peak = overlap[index][mine].max().clamp(min=0.1)
            target[mine] = (metric[index][mine] / metric[index][mine].max() * peak).clamp(0, 1)
    return owner, target, ignored & (owner < 0)


def loss_of(
    output: Tensor, truths: list[dict[str, Tensor]], centres: Tensor, strides: Tensor, forgive: bool
) -> dict[str, Tensor]:
    """Sum of score, box, corner and line losses, each per assigned score."""
    output = output.float().transpose(1, 2)  # (batch, cells, 14)
    logits = output[..., 0]
    reach = output[..., 1:5] * strides[:, None]
    boxes = torch.cat([centres - reach[..., :2], centres + reach[..., 2:]], -1)
    corners = centres[:, None] + output[..., 5:13].unflatten(-1, (4, 2)) * strides[:, None, None]
    targets, weights = torch.zeros_like(logits), torch.ones_like(logits)
    found: dict[str, list[Tensor]] = {
        "boxes": [],
        "plates": [],
        "corners": [],
        "quads": [],
        "known": [],
        "weight": [],
        "lines": [],
        "line_logits": [],
    }
    for index, truth in enumerate(truths):
        scores = logits[index].detach().sigmoid()
        owner, target, ignored = assign(scores, boxes[index].detach(), truth, centres, strides)
        targets[index] = target
        weights[index][ignored] = 0
        if forgive and bool(truth["incomplete"]):
            weights[index][(owner < 0) & (scores > 0.4)] = 0
        mine = owner >= 0
        if mine.any():
            plate = owner[mine]
            found["boxes"].append(boxes[index][mine])
            found["plates"].append(truth["boxes"][plate])
            found["corners"].append(corners[index][mine])
            found["quads"].append(truth["quads"][plate])
            found["known"].append(truth["has_corners"][plate])
            found["weight"].append(target[mine])
            found["lines"].append(truth["lines"][plate])
            found["line_logits"].append(output[index][mine][:, 13])
    total = targets.sum().clamp(min=1)
    bce = functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    # Quality focal weighting (Li et al. 2020): far-off cells count more, easy background hardly.
    focus = (targets - logits.detach().sigmoid()).abs().pow(1.5).clamp(min=1e-4)
    score_loss = (bce * focus * weights).sum() / total
    if not found["boxes"]:
        zero = output.sum() * 0
        return {"score": 2 * score_loss, "box": zero, "corner": zero, "lines": zero}
    joined = {name: torch.cat(parts) for name, parts in found.items()}
    weight = joined["weight"]
    box_loss = (generalised_iou_loss(joined["boxes"], joined["plates"]) * weight).sum() / total
    size = (joined["plates"][:, 2:] - joined["plates"][:, :2]).prod(1).clamp(min=16).sqrt()
    exact = (
        functional.smooth_l1_loss(joined["corners"], joined["quads"], reduction="none", beta=1.0).mean((1, 2)) / size
    )
    # Without corners: the corners' own bounds must be the box.
    bounds = torch.cat([joined["corners"].amin(1), joined["corners"].amax(1)], 1)
    loose = functional.smooth_l1_loss(bounds, joined["plates"], reduction="none", beta=1.0).mean(1) / size
    corner_loss = (torch.where(joined["known"], exact, 0.5 * loose) * weight).sum() / total
    known_lines = joined["lines"] > 0
    line_loss = output.sum() * 0
    if known_lines.any():
        two = (joined["lines"][known_lines] == 2).float()
        line_loss = functional.binary_cross_entropy_with_logits(joined["line_logits"][known_lines], two)
    return {"score": 2 * score_loss, "box": 2 * box_loss, "corner": 4 * corner_loss, "lines": 0.1 * line_loss}


@torch.no_grad()
def evaluate(model: Detector, scenes: list[Scene], long_side: int, threshold: float) -> dict[str, float]:
    """Recall and precision at IoU 0.5 after non-maximum suppression."""
    model.eval()
    hits = truths = answers = 0
    for scene in scenes:
        canvas, scale = letterbox(scene.image, long_side)
        image = torch.from_numpy(canvas).permute(2, 0, 1)[None].float().contiguous(memory_format=torch.channels_last)
        with autocast():
            output = model(image)[0].float().T
        centres, strides = cell_centres(*canvas.shape[:2])
        keep = output[:, 0].sigmoid() > threshold
        output, centres, strides = output[keep], centres[keep], strides[keep]
        reach = output[:, 1:5] * strides[:, None]
        boxes = torch.cat([centres - reach[:, :2], centres + reach[:, 2:]], 1) / scale
        kept: list[Tensor] = []
        for index in output[:, 0].argsort(descending=True).tolist():
            if all(pair_iou(boxes[index], other) < 0.5 for other in kept):
                kept.append(boxes[index])
        quads = torch.from_numpy(scene.quads)
        plates = torch.cat([quads.amin(1), quads.amax(1)], 1) if len(quads) else torch.zeros(0, 4)
        free = set(range(len(plates)))
        for box in kept:
            match = max(free, key=lambda i: float(pair_iou(box, plates[i])), default=None)
            if match is not None and pair_iou(box, plates[match]) >= 0.5:
                free.discard(match)
                hits += 1
        truths += len(plates)
        answers += len(kept)
    model.train()
    return {"recall": round(hits / max(1, truths), 4), "precision": round(hits / max(1, answers), 4)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_run_options(parser)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--sides", type=int, nargs="+", default=[352, 416, 416, 448])
    parser.add_argument("--small-sides", type=int, nargs="+", default=[288, 320, 352])
    parser.add_argument(
        "--small-until", type=int, default=3600, help="step until which windows are small, and so cheap"
    )
    parser.add_argument("--rendered", type=int, default=6000)
    parser.add_argument(
        "--synth", type=Path, help="folder of `platekit synth plates --raw`: its plates and its lettered other things"
    )
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    cv2.setNumThreads(1)

    model = Detector().to(memory_format=torch.channels_last)
    run = Run(model, args, average_decay=0.998, warm_up=300, clip=5.0)
    scenes = load_scenes(args.data, "train", tune=False)
    tune = load_scenes(args.data, "train", tune=True)
    plates = [
        crop
        for crop in load_crops(args.data, "train", tune=False)
        if crop.dataset in PASTED_SETS and crop.legibility == 0
    ]
    plates = random.Random(args.seed).sample(plates, min(len(plates), 2 * args.rendered))
    plates += load_rendered(args.out / f"rendered-{args.rendered}.pickle", args.fonts, args.rendered, args.seed + 1)
    synth = load_synth(args.synth) if args.synth else []
    others = [crop for crop in synth if crop.text == "" and is_lettered(crop.image)]
    drawn = [crop for crop in synth if crop.text and crop.legibility == 0]
    plates += random.Random(args.seed).sample(drawn, min(len(drawn), 2 * args.rendered))
    parameters = sum(p.numel() for p in model.parameters())
    run.log(scenes=len(scenes), tune=len(tune), plates=len(plates), parameters=parameters)

    views = Views(scenes, plates, others, args, run.step)
    for images, truths in DataLoader(views, batch_size=None, num_workers=1, prefetch_factor=4):
        images = images.permute(0, 3, 1, 2).float()
        centres, strides = cell_centres(images.shape[2], images.shape[3])
        with autocast():
            output = model(images)
        run.learn(loss_of(output, truths, centres, strides, forgive=run.step > args.small_until))
        if run.is_due(400):
            run.save()
            run.log(tune=evaluate(run.average.module, tune, LONG_SIDE, 0.3))
        if run.is_done:
            break


if __name__ == "__main__":
    main()
