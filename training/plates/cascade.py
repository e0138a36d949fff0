"""LBP cascades: features, boosted stages, windows of pictures, and OpenCV's XML. Knows no plates and no files.

Liao et al. 2007 (multi-block LBP), Friedman et al. 2000 (gentle AdaBoost), Viola and Jones 2001 (the cascade).
"""

from collections.abc import Callable
from dataclasses import dataclass
from xml.etree import ElementTree

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
    return _codes_of_corners(lambda y, x: sums[picture, top + y, left + x], feature)


def _codes_of_corners(at: Callable[[int, int], np.ndarray], feature: np.ndarray) -> np.ndarray:
    """Codes of one feature, given what looks up the sums at a corner of all windows."""
    x, y, w, h = (int(value) for value in feature)
    corners = [[at(y + row * h, x + column * w) for column in range(4)] for row in range(4)]

    def cell(row: int, column: int) -> np.ndarray:
        return corners[row + 1][column + 1] - corners[row][column + 1] - corners[row + 1][column] + corners[row][column]

    middle = cell(1, 1)
    code = np.zeros(middle.shape, np.uint8)
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
    # One histogram a feature holds both classes: positives in the upper 256 places.
    offset = np.where(labels > 0, 256, 0)
    masses = np.array([np.bincount(code_table[feature] + offset, weights, 512) for feature in chosen])
    negative, positive = masses[:, :256], masses[:, 256:]
    mass, lean = negative + positive, positive - negative
    # Of all splits of the codes into two groups the best one cuts their order by mean label (Breiman et al. 1984).
    order = np.argsort(-lean / np.maximum(mass, 1e-12), axis=1, kind="stable")
    mass_left = np.take_along_axis(mass, order, 1).cumsum(1)
    lean_left = np.take_along_axis(lean, order, 1).cumsum(1)
    mass_right, lean_right = mass_left[:, -1:] - mass_left, lean_left[:, -1:] - lean_left
    gain = lean_left**2 / np.maximum(mass_left, 1e-12) + lean_right**2 / np.maximum(mass_right, 1e-12)
    best, cut = np.unravel_index(gain[:, :-1].argmax(), (len(chosen), 255))
    subset = np.zeros(256, bool)
    subset[order[best, : cut + 1]] = True
    feature = int(chosen[best])
    is_left = subset[code_table[feature]]
    weighted = weights * labels

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


def code_table(windows: np.ndarray, features: np.ndarray) -> np.ndarray:
    """Codes of every feature in every window, (features, windows) uint8."""
    sums = np.ascontiguousarray(integral(windows).transpose(1, 2, 0))
    return np.array([_codes_of_corners(lambda y, x: sums[y, x], feature) for feature in features])


def grid_passes(cascade: Cascade, sums: np.ndarray, step: int) -> np.ndarray:
    """(left, top) of the windows, on a grid of `step` pixels, that every stage lets through, (found, 2).

    Args:
        sums: (height + 1, width + 1) of one picture.
    """
    rows = len(range(0, sums.shape[0] - cascade.height, step))
    columns = len(range(0, sums.shape[1] - cascade.width, step))
    if rows <= 0 or columns <= 0:
        return np.zeros((0, 2), np.int64)

    def corners(y: int, x: int) -> np.ndarray:
        return sums[y : y + (rows - 1) * step + 1 : step, x : x + (columns - 1) * step + 1 : step]

    is_alive = np.ones((rows, columns), bool)
    dense = 0
    # While many windows live, whole slices are ten times cheaper than looking each of them up.
    while dense < len(cascade.stages) and is_alive.mean() > 0.08:
        stage = cascade.stages[dense]
        score = np.zeros((rows, columns), np.float32)
        for stump in stage.stumps:
            answers = np.where(stump.subset, stump.left, stump.right).astype(np.float32)
            score += answers[_codes_of_corners(corners, cascade.features[stump.feature])]
        is_alive &= score >= stage.threshold
        dense += 1
    top, left = np.nonzero(is_alive)
    top, left = top * step, left * step
    rest = Cascade(cascade.width, cascade.height, cascade.features, cascade.stages[dense:])
    alive = passes(rest, sums[None], np.zeros(len(left), np.int64), left, top)
    return np.stack([left[alive], top[alive]], 1)


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


def from_xml(xml: str, features: np.ndarray) -> list[Stage]:
    """The stages of a cascade that to_xml wrote, over a list of features that holds all of its own.

    Raises:
        ValueError: it uses a feature that is not in the list.
    """
    root = ElementTree.fromstring(xml)
    number = {tuple(rect): index for index, rect in enumerate(features.tolist())}
    used = []
    for rect in root.iter("rect"):
        place = number.get(tuple(int(word) for word in (rect.text or "").split()))
        if place is None:
            raise ValueError(f"the cascade uses cells at {rect.text}, which the window does not have")
        used.append(place)
    stages = []
    for element in root.findall("./cascade/stages/_"):
        stumps = []
        for weak in element.findall("./weakClassifiers/_"):
            _, _, feature, *words = (int(word) for word in (weak.findtext("internalNodes") or "").split())
            left, right = (float(word) for word in (weak.findtext("leafValues") or "").split())
            subset = np.unpackbits(np.array(words, "<i4").view(np.uint8), bitorder="little").astype(bool)
            stumps.append(Stump(used[feature], subset, left, right))
        stages.append(Stage(stumps, float(element.findtext("stageThreshold") or 0)))
    return stages


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
