"""Training pictures of the detector: real scenes moved, scaled and mixed; rendered and real plates pasted with exact corners."""

import json
import random
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from .augment import degrade, plate_quad
from .crops import Crop, is_tune
from .detector import LONG_SIDE

CACHE_SIDE = 640
IGNORE_BELOW_PX = 4.0
"""Plates lower than this at network scale are neither asked for nor punished."""
INCOMPLETE = {"openlpr-plates", "openimages-plates", "kaggle-cars433", "ro-dashcam"}
"""Sets whose labels miss secondary plates: a confident unlabelled detection there is not punished."""


@dataclass(frozen=True)
class Scene:
    image: np.ndarray  # uint8 RGB, longer side <= CACHE_SIDE
    quads: np.ndarray  # (plates, 4, 2)
    has_corners: np.ndarray  # (plates,) bool: the quad is more than its box
    lines: np.ndarray  # (plates,) 1, 2 or 0 = unknown
    incomplete: bool
    dataset: str


def load_scenes(data: Path, split: str, tune: bool | None = None) -> list[Scene]:
    """Scenes and negatives of a split, decoded and shrunk."""
    scenes = []
    for labels in [
        *sorted((data / split / "scenes").glob("*/labels.jsonl")),
        data / split / "negatives" / "labels.jsonl",
    ]:
        name = labels.parent.name
        for line in labels.read_text().splitlines():
            row = json.loads(line)
            if tune is not None and is_tune(f"{name}/{row['image']}") != tune:
                continue
            image = cv2.cvtColor(cv2.imread(str(labels.parent / row["image"])), cv2.COLOR_BGR2RGB)
            scale = min(1.0, CACHE_SIDE / max(image.shape[:2]))
            if scale < 1:
                image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            plates = row["plates"]
            quads = [np.array(p["corners"], np.float32) if p["corners"] else plate_quad(p["box"]) for p in plates]
            scenes.append(
                Scene(
                    image,
                    np.array(quads, np.float32).reshape(-1, 4, 2) * scale,
                    np.array([p["corners"] is not None for p in plates], bool),
                    np.array([p["lines"] or 0 for p in plates], np.int64),
                    name in INCOMPLETE,
                    name,
                )
            )
    return scenes


@dataclass
class View:
    """One network input with its truth, in pixels of the input."""

    image: np.ndarray
    quads: np.ndarray
    has_corners: np.ndarray
    lines: np.ndarray
    incomplete: bool


def make_view(scenes: list[Scene], plates: list[Crop], others: list[Crop], side: int, rng: random.Random) -> View:
    """A single scene or a two-by-two mosaic on a square of `side`, with plates and lettered other things (`others`) pasted in."""
    if rng.random() < 0.35:
        half = side // 2
        split_x, split_y = (
            rng.randint(half - side // 8, half + side // 8),
            rng.randint(half - side // 8, half + side // 8),
        )
        tiles = [
            (0, 0, split_x, split_y),
            (split_x, 0, side, split_y),
            (0, split_y, split_x, side),
            (split_x, split_y, side, side),
        ]
        canvas = np.full((side, side, 3), 114, np.uint8)
        parts = []
        for x1, y1, x2, y2 in tiles:
            part = _place(rng.choice(scenes), x2 - x1, y2 - y1, rng.uniform(0.8, 1.9) * max(x2 - x1, y2 - y1), rng)
            canvas[y1:y2, x1:x2] = part.image
            part.quads += np.array([x1, y1], np.float32)
            parts.append(part)
        view = View(
            canvas,
            np.concatenate([p.quads for p in parts]),
            np.concatenate([p.has_corners for p in parts]),
            np.concatenate([p.lines for p in parts]),
            any(p.incomplete for p in parts),
        )
    else:
        # Plates keep the size they have at inference; a small window sees less of the scene, not a smaller one.
        # One in eight comes close, since parts of a very large plate were taken for plates.
        scale = rng.uniform(1.6, 3.5) if rng.random() < 0.12 else np.exp(rng.gauss(0.12, 0.38))
        view = _place(rng.choice(scenes), side, side, LONG_SIDE * scale, rng)
    for _ in range(rng.choice([0, 0, 0, 1, 1, 2, 3])):
        _paste(view, rng.choice(plates), rng)
    for _ in range(rng.choice([0, 0, 1, 2]) if others else 0):
        _paste(view, rng.choice(others), rng)
    view.image = degrade(view.image, 0.45, rng, coarsest=0.45)
    if rng.random() < 0.12:
        view.image = cv2.cvtColor(cv2.cvtColor(view.image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return view


def _place(scene: Scene, width: int, height: int, long_side: float, rng: random.Random) -> View:
    """Scales a scene so that its longer side is `long_side`, turns and flips it a little, and cuts a window."""
    image, quads = scene.image, scene.quads
    scale = long_side / max(image.shape[:2])
    if scale < 0.6:
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        quads, scale = quads * scale, 1.0
    turn = rng.gauss(0, 4) if rng.random() < 0.4 else 0.0
    centre = (image.shape[1] / 2, image.shape[0] / 2)
    matrix = cv2.getRotationMatrix2D(centre, turn, scale)
    span_x, span_y = image.shape[1] * scale, image.shape[0] * scale

    def offset(span: float, window: int) -> float:
        slack = window - span
        return (
            rng.uniform(min(0, slack), max(0, slack)) + span / 2
            if rng.random() < 0.9
            else window / 2 + rng.gauss(0, 0.2) * window
        )

    matrix[0, 2] += offset(span_x, width) - centre[0]
    matrix[1, 2] += offset(span_y, height) - centre[1]
    if len(quads) and rng.random() < 0.85:  # keep one plate in sight
        middle = cv2.transform(quads[rng.randrange(len(quads))].mean(0)[None, None], matrix)[0, 0]
        for axis, window in ((0, width), (1, height)):
            if not 0.05 * window < middle[axis] < 0.95 * window:
                matrix[axis, 2] += rng.uniform(0.1, 0.9) * window - middle[axis]
    flip = rng.random() < 0.4
    if flip:
        matrix[0] = -matrix[0]
        matrix[0, 2] += width
    out = cv2.warpAffine(
        image,
        matrix,
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(114, 114, 114),
    )
    moved = cv2.transform(quads, matrix) if len(quads) else quads.copy()
    if flip:
        moved = moved[:, [1, 0, 3, 2]]
    has_corners = scene.has_corners if abs(turn) < 1e-6 else scene.has_corners.copy()
    keep, cut = [], []
    for index, quad in enumerate(moved):
        box = _bounds(quad)
        seen = max(0.0, min(box[2], width) - max(box[0], 0)) * max(0.0, min(box[3], height) - max(box[1], 0))
        share = seen / max(1e-6, (box[2] - box[0]) * (box[3] - box[1]))
        if share > 0.45:
            keep.append(index)
        elif share > 0:
            cut.append(box)
    for x1, y1, x2, y2 in cut:  # a sliver of a plate is neither plate nor background
        out[max(0, int(y1)) : max(0, int(np.ceil(y2))), max(0, int(x1)) : max(0, int(np.ceil(x2)))] = 114
    if turn and len(
        quads
    ):  # a turned box is no longer the plate's bounds: shrink it back to the box of the plate's likely extent
        moved = np.array(
            [m if c else _box_after_turn(m, turn) for m, c in zip(moved, has_corners, strict=True)], np.float32
        )
    return View(out, moved[keep].reshape(-1, 4, 2), has_corners[keep], scene.lines[keep], scene.incomplete)


def _box_after_turn(quad: np.ndarray, degrees: float) -> np.ndarray:
    """Box of a plate known only by its upright box before a small turn: between the turned corners' bounds and the plate itself."""
    x1, y1, x2, y2 = _bounds(quad)
    width, height = np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[3] - quad[0])
    grow_x, grow_y = (x2 - x1 - width) / 2, (y2 - y1 - height) / 2
    return plate_quad((x1 + grow_x / 2, y1 + grow_y / 2, x2 - x1 - grow_x, y2 - y1 - grow_y))


def _at_least_two(image: np.ndarray, scale: float) -> tuple[int, int]:
    """Width and height of the scaled picture, 2 px or more: the smallest plates of a view shrink to nothing otherwise."""
    return max(2, round(image.shape[1] * scale)), max(2, round(image.shape[0] * scale))


def _bounds(quad: np.ndarray) -> tuple[float, float, float, float]:
    return float(quad[:, 0].min()), float(quad[:, 1].min()), float(quad[:, 0].max()), float(quad[:, 1].max())


def _paste(view: View, crop: Crop, rng: random.Random) -> None:
    """Sets one plate into the view in perspective, over an existing plate or anywhere free; its corners are exact.

    What is no plate (its text is empty) goes to a free place and is not labelled.
    """
    is_plate = crop.text != ""
    side = view.image.shape[0]
    source = crop.quad.astype(np.float32)
    aspect = np.linalg.norm(source[1] - source[0]) / max(1.0, np.linalg.norm(source[3] - source[0]))
    aspect *= rng.uniform(0.85, 1.2)
    height = np.exp(rng.uniform(np.log(7), np.log(70)))
    replaced = None
    if is_plate and len(view.quads) and rng.random() < 0.35:
        replaced = rng.randrange(len(view.quads))
        x1, y1, x2, y2 = _bounds(view.quads[replaced])
        if x2 - x1 < 14:
            return
        centre = np.array([(x1 + x2) / 2, (y1 + y2) / 2])
        height = max((x2 - x1) / aspect, y2 - y1) * rng.uniform(1.02, 1.2)
    else:
        centre = np.array([rng.uniform(0.05, 0.95) * side, rng.uniform(0.05, 0.95) * side])
    width = height * aspect
    base = np.array([[-width, -height], [width, -height], [width, height], [-width, height]]) / 2
    # A plate turned in space and seen by a camera: yaw, pitch and roll with weak perspective.
    yaw, pitch, roll = (np.deg2rad(rng.gauss(0, d)) for d in (24, 14, 7))
    x, y = base[:, 0], base[:, 1]
    depth = 1 + (np.sin(yaw) * x + np.sin(pitch) * y) / (width * rng.uniform(1.5, 5))
    flat = np.stack([x * np.cos(yaw), y * np.cos(pitch) + x * np.sin(yaw) * rng.gauss(0, 0.25)], 1) / depth[:, None]
    spin = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    quad = (flat @ spin.T + centre).astype(np.float32)
    x1, y1, x2, y2 = _bounds(quad)
    if x1 < -0.2 * width or y1 < -0.2 * height or x2 > side + 0.2 * width or y2 > side + 0.2 * height:
        return
    for index, other in enumerate(view.quads):
        ox1, oy1, ox2, oy2 = _bounds(other)
        if index != replaced and min(x2, ox2) > max(x1, ox1) and min(y2, oy2) > max(y1, oy1):
            return
        if index == replaced and (ox1 < x1 - 3 or oy1 < y1 - 3 or ox2 > x2 + 3 or oy2 > y2 + 3):
            return
    plate = crop.image
    shrink = np.linalg.norm(source[1] - source[0]) / max(1.0, x2 - x1)
    if shrink > 1.5:
        shrunk = cv2.resize(plate, _at_least_two(plate, 1 / shrink), interpolation=cv2.INTER_AREA)
        source = source * np.array([shrunk.shape[1] / plate.shape[1], shrunk.shape[0] / plate.shape[0]], np.float32)
        plate = shrunk
    matrix = cv2.getPerspectiveTransform(source, quad)
    grown = np.ones(plate.shape[:2], np.uint8) * 255
    mask = np.zeros(plate.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, source.astype(np.int32), 255)
    mask = np.minimum(mask, grown)
    warped = cv2.warpPerspective(degrade(plate, 0.4, rng), matrix, (side, side), flags=cv2.INTER_LINEAR)
    alpha = cv2.warpPerspective(mask, matrix, (side, side), flags=cv2.INTER_LINEAR)
    if rng.random() < 0.5:
        alpha = cv2.GaussianBlur(alpha, (0, 0), 0.7)
    # The plate takes on some of the surrounding light.
    local = view.image[max(0, int(y1)) : int(y2) + 1, max(0, int(x1)) : int(x2) + 1]
    gain = np.clip((float(local.mean()) + 60) / 150, 0.35, 1.15) if local.size else 1.0
    weight = (alpha.astype(np.float32) / 255)[..., None]
    view.image = np.clip(view.image * (1 - weight) + warped * gain * weight, 0, 255).astype(np.uint8)
    if not is_plate:
        return
    keep = [i for i in range(len(view.quads)) if i != replaced]
    view.quads = np.concatenate([view.quads[keep], quad[None]])
    view.has_corners = np.append(view.has_corners[keep], True)
    view.lines = np.append(view.lines[keep], crop.lines or 0)


def letterbox(image: np.ndarray, long_side: int, multiple: int = 32) -> tuple[np.ndarray, float]:
    """The picture scaled to `long_side`, top left in a grey canvas whose sides are multiples of `multiple`; and the scale."""
    scale = long_side / max(image.shape[:2])
    width, height = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    resized = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    canvas = np.full((-(-height // multiple) * multiple, -(-width // multiple) * multiple, 3), 114, np.uint8)
    canvas[:height, :width] = resized
    return canvas, scale
