"""LBP cascades: features, boosted stages, a search over pictures, and OpenCV's XML. Knows no plates and no files of data.

Liao et al. 2007 (multi-block LBP), Friedman et al. 2000 (gentle AdaBoost), Viola and Jones 2001 (the cascade).
"""

from dataclasses import dataclass

import cv2
import numpy as np

NEIGHBOURS = [(0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0)]
"""Row and column of the cell that sets bits 7 to 0 of a code, clockwise from the top left, as OpenCV reads them."""


@dataclass(frozen=True)
class Stump:
    """One weak classifier: codes of `subset` get `left`, all others `right`."""

    feature: int
    subset: np.ndarray  # (256,) bool
    left: float
    right: float


@dataclass(frozen=True)
class Stage:
    stumps: list[Stump]
    threshold: float


@dataclass(frozen=True)
class Cascade:
    width: int
    height: int
    features: np.ndarray  # (features, 4) x, y, width and height of the top left of 3 by 3 cells
    stages: list[Stage]


def all_features(width: int, height: int, smallest_px: int = 1) -> np.ndarray:
    """Every place and size of 3 by 3 cells in the window, (features, 4)."""
    return np.array(
        [
            (x, y, w, h)
            for w in range(smallest_px, width // 3 + 1)
            for h in range(smallest_px, height // 3 + 1)
            for x in range(width - 3 * w + 1)
            for y in range(height - 3 * h + 1)
        ],
        np.int32,
    )


def integral(pictures: np.ndarray) -> np.ndarray:
    """Sums above and left of each corner, (pictures, height + 1, width + 1), of uint8 pictures."""
    sums = pictures.astype(np.int64).cumsum(1).cumsum(2).astype(np.int32)
    return np.pad(sums, ((0, 0), (1, 0), (1, 0)))


def codes(sums: np.ndarray, feature: np.ndarray, picture: np.ndarray, left: np.ndarray, top: np.ndarray) -> np.ndarray:
    """Codes 0 to 255 of one feature in windows at (left, top) of the numbered pictures."""
    x, y, w, h = (int(value) for value in feature)
    corners = [[sums[picture, top + y + row * h, left + x + column * w] for column in range(4)] for row in range(4)]

    def cell(row: int, column: int) -> np.ndarray:
        return corners[row + 1][column + 1] - corners[row][column + 1] - corners[row + 1][column] + corners[row][column]

    middle = cell(1, 1)
    code = np.zeros(len(picture), np.uint8)
    for bit, (row, column) in zip(range(7, -1, -1), NEIGHBOURS, strict=True):
        code |= (cell(row, column) >= middle).astype(np.uint8) << np.uint8(bit)
    return code


def best_stump(
    code_table: np.ndarray, chosen: np.ndarray, labels: np.ndarray, weights: np.ndarray
) -> tuple[Stump, np.ndarray]:
    """The stump of least weighted squared error among the chosen features, and its answers on the samples.

    Args:
        code_table: (features, samples) uint8.
        labels: (samples,) of -1 and 1.
    """
    best: tuple[float, int, np.ndarray] | None = None
    weighted = weights * labels
    for feature in chosen:
        row = code_table[feature]
        mass = np.bincount(row, weights, 256)
        lean = np.bincount(row, weighted, 256)
        # Of all splits of the codes into two groups the best one cuts their order by mean label (Breiman et al. 1984).
        order = np.argsort(lean / np.maximum(mass, 1e-12), kind="stable")[::-1]
        mass_left, lean_left = mass[order].cumsum(), lean[order].cumsum()
        mass_right, lean_right = mass.sum() - mass_left, lean.sum() - lean_left
        gain = lean_left**2 / np.maximum(mass_left, 1e-12) + lean_right**2 / np.maximum(mass_right, 1e-12)
        cut = int(gain[:-1].argmax())
        if best is None or gain[cut] > best[0]:
            subset = np.zeros(256, bool)
            subset[order[: cut + 1]] = True
            best = (float(gain[cut]), int(feature), subset)
    assert best is not None
    _, feature, subset = best
    is_left = subset[code_table[feature]]

    def mean(mask: np.ndarray) -> float:
        return float(weighted[mask].sum() / max(weights[mask].sum(), 1e-12))

    stump = Stump(feature, subset, mean(is_left), mean(~is_left))
    return stump, np.where(is_left, stump.left, stump.right)


def train_stage(
    code_table: np.ndarray,
    labels: np.ndarray,
    *,
    min_hit_rate: float,
    max_false_alarm: float,
    max_stumps: int,
    features_a_round: int,
    rng: np.random.Generator,
) -> Stage:
    """Gentle AdaBoost until the stage lets through few enough negatives at the hit rate asked for."""
    positive = labels > 0
    weights = np.where(positive, 0.5 / positive.sum(), 0.5 / (~positive).sum())
    scores = np.zeros(len(labels))
    stumps: list[Stump] = []
    threshold = 0.0
    while len(stumps) < max_stumps:
        count = min(features_a_round, len(code_table))
        chosen = rng.choice(len(code_table), count, replace=False)
        stump, answers = best_stump(code_table, chosen, labels, weights)
        stumps.append(stump)
        scores += answers
        weights = weights * np.exp(-labels * answers)
        weights /= weights.sum()
        lost = int((1 - min_hit_rate) * positive.sum())
        threshold = float(np.sort(scores[positive])[lost])
        if (scores[~positive] >= threshold).mean() <= max_false_alarm:
            break
    return Stage(stumps, threshold - 1e-4)


def passes(cascade: Cascade, sums: np.ndarray, picture: np.ndarray, left: np.ndarray, top: np.ndarray) -> np.ndarray:
    """Indices of the windows that every stage lets through."""
    alive = np.arange(len(picture))
    for stage in cascade.stages:
        if len(alive) == 0:
            break
        score = np.zeros(len(alive))
        for stump in stage.stumps:
            code = codes(sums, cascade.features[stump.feature], picture[alive], left[alive], top[alive])
            score += np.where(stump.subset[code], stump.left, stump.right)
        alive = alive[score >= stage.threshold]
    return alive


def search(cascade: Cascade, grey: np.ndarray, scale_factor: float = 1.2, step: int = 2) -> np.ndarray:
    """Boxes (found, 4) of windows let through, x, y, width and height in pixels of the picture, not yet grouped."""
    found = []
    scale = 1.0
    while grey.shape[1] / scale >= cascade.width and grey.shape[0] / scale >= cascade.height:
        size = (round(grey.shape[1] / scale), round(grey.shape[0] / scale))
        small = cv2.resize(grey, size, interpolation=cv2.INTER_LINEAR)
        tops, lefts = np.mgrid[
            0 : small.shape[0] - cascade.height + 1 : step, 0 : small.shape[1] - cascade.width + 1 : step
        ]
        left, top = lefts.ravel(), tops.ravel()
        if len(left) > 0:
            alive = passes(cascade, integral(small[None]), np.zeros(len(left), np.int64), left, top)
            boxes = np.stack(
                [left[alive], top[alive], np.full(len(alive), cascade.width), np.full(len(alive), cascade.height)], 1
            )
            found.append(boxes * scale)
        scale *= scale_factor
    return np.concatenate(found) if found else np.zeros((0, 4))


def to_xml(cascade: Cascade) -> str:
    """OpenCV's present format; only the features in use are kept."""
    used = sorted({stump.feature for stage in cascade.stages for stump in stage.stumps})
    number = {feature: index for index, feature in enumerate(used)}
    stages = "\n".join(_stage_xml(stage, number) for stage in cascade.stages)
    features = "\n".join(
        f"    <_><rect>{' '.join(str(int(value)) for value in cascade.features[feature])}</rect></_>"
        for feature in used
    )
    most = max(len(stage.stumps) for stage in cascade.stages)
    return f"""<?xml version="1.0"?>
<opencv_storage>
<cascade type_id="opencv-cascade-classifier">
  <stageType>BOOST</stageType>
  <featureType>LBP</featureType>
  <height>{cascade.height}</height>
  <width>{cascade.width}</width>
  <stageParams><maxWeakCount>{most}</maxWeakCount></stageParams>
  <featureParams><maxCatCount>256</maxCatCount></featureParams>
  <stageNum>{len(cascade.stages)}</stageNum>
  <stages>
{stages}
  </stages>
  <features>
{features}
  </features>
</cascade>
</opencv_storage>
"""


def _stage_xml(stage: Stage, number: dict[int, int]) -> str:
    weak = "\n".join(
        f"      <_><internalNodes>0 -1 {number[stump.feature]} {' '.join(_words(stump.subset))}</internalNodes>"
        f"<leafValues>{stump.left:.9g} {stump.right:.9g}</leafValues></_>"
        for stump in stage.stumps
    )
    return (
        f"    <_><maxWeakCount>{len(stage.stumps)}</maxWeakCount><stageThreshold>{stage.threshold:.9g}</stageThreshold>\n"
        f"      <weakClassifiers>\n{weak}\n      </weakClassifiers></_>"
    )


def _words(subset: np.ndarray) -> list[str]:
    """256 bits as eight signed words of 32, lowest bit first."""
    bits = np.packbits(subset, bitorder="little").view("<i4")
    return [str(int(word)) for word in bits]
