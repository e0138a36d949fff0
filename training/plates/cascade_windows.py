"""Pictures of the cascade's training: labelled scenes and crops, windows around their plates, and windows beside them.

The search is laid out as src/classic/cascade.ts does it: passes over the picture squeezed in one direction, octaves,
four scales an octave. Knows nothing of boosting.
"""

import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

WIDTH, HEIGHT = 36, 12
MARGIN_X, MARGIN_Y = 1.1, 1.2
"""The window around a plate, in sizes of the plate: its edges teach as much as its characters."""
LONG_SIDE = 640
PASSES = [(1.0, 0.58), (1.0, 0.92), (0.71, 1.0)]
"""Factors on a picture's width and height, so that plates of 1.9, 3.0 and 4.6 to 1 fill the window."""
SCALES = [2 ** (i / 4) for i in range(4)]
MIN_PLATE_PX = (26, 8)
UNLIKE = {"ealpr-egypt", "egypt-motorcycles", "bd-suvo"}
"""Sets whose plates are neither to be found nor to be shunned: other scripts, mostly on two lines."""
MAX_IOU_OF_NEGATIVE = 0.3
MIN_CONTRAST, MIN_CENTRING = 4, 1.05
"""Windows with less are skipped by the search, as src/classic/lbp-cascade.ts says."""


@dataclass(frozen=True)
class Scene:
    name: str
    grey: np.ndarray
    boxes: np.ndarray  # (plates, 4) of all plates
    wanted: np.ndarray  # (plates,) bool: on one line, large enough, of a kind to find
    is_crop: bool
    """Cut around a plate: positives only."""


def is_held_out(image: str) -> bool:
    """One picture in ten is kept back for tuning; a scene and the crops from it fall together."""
    stem = re.sub(r"_\d+$", "", image.removesuffix(".webp"))
    return zlib.crc32(stem[:40].encode()) % 10 == 0


def load_scenes(data: Path, share: float = 1.0) -> list[Scene]:
    """Scenes and negatives of a split, and its crops that show what lies around their plate; none held out for tuning.

    Args:
        share: of the pictures, by name, to try things out.
    """
    folders = [*sorted((data / "scenes").iterdir()), data / "negatives", *sorted((data / "crops").iterdir())]
    scenes = []
    for folder in folders:
        is_crop = folder.parent.name == "crops"
        if is_crop and folder.name in UNLIKE:
            continue
        for line in (folder / "labels.jsonl").read_text().splitlines():
            row = json.loads(line)
            if is_held_out(row["image"]) or zlib.crc32(row["image"].encode()) % 1000 >= 1000 * share:
                continue
            scene = _load_scene(folder, row, is_crop)
            if scene is not None:
                scenes.append(scene)
    return scenes


def _load_scene(folder: Path, row: dict, is_crop: bool) -> Scene | None:
    plates = row["plates"]
    boxes = np.array([plate["box"] for plate in plates], np.float64).reshape(-1, 4)
    if is_crop:
        room = np.concatenate([boxes[:, :2], [row["width"], row["height"]] - boxes[:, :2] - boxes[:, 2:]], 1)
        if len(boxes) != 1 or (room / np.tile(boxes[:, 2:], 2)).min() < 0.08:
            return None
    grey = cv2.imread(str(folder / row["image"]), cv2.IMREAD_GRAYSCALE)
    if grey is None:
        raise ValueError(f"{folder / row['image']}: cannot be read as a picture")
    scale = min(1.0, LONG_SIDE / max(grey.shape))
    if scale < 1:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    boxes = boxes * scale
    wanted = np.array(
        [
            folder.name not in UNLIKE
            and plate["lines"] in ((1,) if is_crop else (None, 1))
            and plate["legible"] != "none"
            and box[2] >= MIN_PLATE_PX[0]
            and box[3] >= MIN_PLATE_PX[1]
            and 1.4 <= box[2] / box[3] <= 6
            for plate, box in zip(plates, boxes, strict=True)
        ],
        bool,
    )
    if is_crop and not wanted.any():
        return None
    return Scene(f"{folder.name}/{row['image']}", grey, boxes, wanted, is_crop)


def cut_positives(scenes: list[Scene], variants: int, rng: np.random.Generator) -> np.ndarray:
    """Windows (n, HEIGHT, WIDTH) around the wanted plates, a little moved, scaled and turned."""
    windows = []
    for scene in scenes:
        for x, y, width, height in scene.boxes[scene.wanted]:
            for _ in range(variants):
                wide = width * MARGIN_X * rng.uniform(0.94, 1.1)
                high = height * MARGIN_Y * rng.uniform(0.92, 1.12)
                middle_x = x + width / 2 + rng.uniform(-0.035, 0.035) * wide
                middle_y = y + height / 2 + rng.uniform(-0.06, 0.06) * high
                # Shrunk by halves first, as the search does, so that fine detail blurs alike.
                halvings = max(0, int(np.floor(np.log2(min(wide / WIDTH, high / HEIGHT)) + rng.uniform(-0.2, 0.2))))
                grey = _halved(scene.grey, halvings)
                shrink = np.array([grey.shape[1] / scene.grey.shape[1], grey.shape[0] / scene.grey.shape[0]])
                step = np.array([wide / WIDTH, high / HEIGHT]) * shrink
                turn = np.tan(np.radians(rng.uniform(-4, 4)))  # a shear: text that rises, as in a plate seen askew
                to_frame = np.array([[step[0], 0, 0], [turn * step[0], step[1], 0]])
                to_frame[:, 2] = np.array([middle_x, middle_y]) * shrink - to_frame[:, :2] @ [WIDTH / 2, HEIGHT / 2]
                flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
                border = cv2.BORDER_REPLICATE
                windows.append(cv2.warpAffine(grey, to_frame, (WIDTH, HEIGHT), flags=flags, borderMode=border))
    return np.array(windows, np.uint8).reshape(-1, HEIGHT, WIDTH)


def reaches_cascade(windows: np.ndarray) -> np.ndarray:
    """Which windows (n, HEIGHT, WIDTH) the search does not skip, (n,) bool."""
    # The first column has no left neighbour here; in a picture it has one, which it is like.
    steps = np.abs(np.diff(windows.astype(np.int16), axis=2)).mean(2)
    edge = round(HEIGHT / 6)
    mean, inner = steps.mean(1), steps[:, edge : HEIGHT - edge].mean(1)
    return (mean >= MIN_CONTRAST) & (inner >= MIN_CENTRING * mean)


def _halved(grey: np.ndarray, times: int) -> np.ndarray:
    size = (max(1, grey.shape[1] >> times), max(1, grey.shape[0] >> times))
    return grey if times == 0 else cv2.resize(grey, size, interpolation=cv2.INTER_AREA)


def views(shape: tuple[int, int]) -> list[tuple[int, int, int]]:
    """(pass, octave, scale) of all searches of a picture of (height, width)."""
    return [
        (which, octave, scale)
        for which, (squeeze_x, squeeze_y) in enumerate(PASSES)
        for octave in range(5)
        for scale in range(len(SCALES))
        if shape[1] * squeeze_x / 2**octave / SCALES[scale] > WIDTH + 1
        and shape[0] * squeeze_y / 2**octave / SCALES[scale] > HEIGHT + 1
    ]


def view_of(grey: np.ndarray, view: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """The picture as searched, and the size (2,) of one of its pixels in pixels of `grey`."""
    which, octave, scale = view
    squeeze = np.array(PASSES[which]) / 2**octave
    size = np.maximum(1, np.round(np.array(grey.shape[::-1]) * squeeze)).astype(int)
    base = cv2.resize(grey, tuple(size.tolist()), interpolation=cv2.INTER_AREA)
    small = np.maximum(1, np.round(size / SCALES[scale])).astype(int)
    picture = cv2.resize(base, tuple(small.tolist()), interpolation=cv2.INTER_LINEAR)
    return picture, np.array(grey.shape[::-1]) / small


def boxes_in_frame(corners: np.ndarray, pixel: np.ndarray) -> np.ndarray:
    """Boxes (n, 4) in the frame of windows at (left, top) (n, 2) of a view."""
    return np.concatenate([corners * pixel, np.tile(np.array([WIDTH, HEIGHT]) * pixel, (len(corners), 1))], 1)


def without_margin(boxes: np.ndarray) -> np.ndarray:
    """Windows to the plates that they hold."""
    size = boxes[:, 2:] / [MARGIN_X, MARGIN_Y]
    return np.concatenate([boxes[:, :2] + (boxes[:, 2:] - size) / 2, size], 1)


def overlap(boxes: np.ndarray, plate: np.ndarray) -> np.ndarray:
    """Intersection over union of boxes (n, 4) with one plate (4,)."""
    low = np.maximum(boxes[:, :2], plate[:2])
    high = np.minimum(boxes[:, :2] + boxes[:, 2:], plate[:2] + plate[2:])
    common = np.prod(np.maximum(0, high - low), 1)
    return common / (boxes[:, 2] * boxes[:, 3] + plate[2] * plate[3] - common)


def shuffled_views(scenes: list[Scene], rng: np.random.Generator) -> Iterator[tuple[Scene, tuple[int, int, int]]]:
    """Every view of every scene once, views of large windows as often as those of many small ones."""
    every = [(index, view) for index, scene in enumerate(scenes) for view in views(scene.grey.shape)]
    for position in rng.permutation(len(every)):
        index, view = every[position]
        yield scenes[index], view
