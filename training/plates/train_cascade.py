"""Trains the classic engine's LBP cascade on labelled scenes and writes models/cascade.xml.

Positives are the plates on one line, a little moved and scaled; negatives come from pictures without plates and from
the rest of the scenes, each stage's from what the stages before still let through.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np

from .cascade import Cascade, Stage, all_features, codes, integral, passes, to_xml, train_stage

WIDTH, HEIGHT = 40, 13
"""3.1 to 1 is the Brazilian plate; the European (4.7) still overlaps it by two thirds. Half of val's plates are narrower
than 54 pixels in a picture of 640: the window must be small."""
LONG_SIDE = 640
MIN_PLATE_WIDTH_PX = 26
MAX_IOU_OF_NEGATIVE = 0.3
SCALES = [1.0, 1.3, 1.69, 2.2, 2.86, 3.7, 4.8]


def load_grey(path: Path) -> tuple[np.ndarray, float]:
    """A picture in grey, its longer side at most LONG_SIDE, and the scale from its file's pixels."""
    grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if grey is None:
        raise ValueError(f"{path}: cannot be read as a picture")
    scale = min(1.0, LONG_SIDE / max(grey.shape))
    if scale < 1:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return grey, scale


def load_scenes(data: Path) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """(picture, boxes of all plates, boxes of the plates to find) of the scenes and negatives of train."""
    scenes = []
    for labels in [*sorted((data / "scenes").glob("*/labels.jsonl")), data / "negatives" / "labels.jsonl"]:
        for line in labels.read_text().splitlines():
            row = json.loads(line)
            grey, scale = load_grey(labels.parent / row["image"])
            plates = row["plates"]
            boxes = np.array([plate["box"] for plate in plates], np.float64).reshape(-1, 4) * scale
            wanted = [
                plate["lines"] in (None, 1)
                and box[2] >= MIN_PLATE_WIDTH_PX
                and 2.0 <= box[2] / max(box[3], 1) <= 6
                and plate["legible"] != "none"
                for plate, box in zip(plates, boxes, strict=True)
            ]
            scenes.append((grey, boxes, boxes[np.array(wanted, bool)]))
    return scenes


def cut_positives(scenes: list, variants: int, rng: np.random.Generator) -> np.ndarray:
    """Windows (n, HEIGHT, WIDTH) around the plates, moved and scaled by a few percent."""
    windows = []
    for grey, _, plates in scenes:
        for x, y, width, height in plates:
            # As wide as the plate where it is long, as high where it is high: the overlap stays large either way.
            window_width = np.sqrt(width * max(width, height * WIDTH / HEIGHT))
            for _ in range(variants):
                wide = window_width * rng.uniform(0.94, 1.1)
                high = wide * HEIGHT / WIDTH
                left = x + width / 2 - wide / 2 + rng.uniform(-0.03, 0.03) * wide
                top = y + height / 2 - high / 2 + rng.uniform(-0.06, 0.06) * high
                to_frame = np.array([[wide / WIDTH, 0, left], [0, high / HEIGHT, top]])
                flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
                shrunk = cv2.GaussianBlur(grey, (0, 0), max(0.1, 0.4 * wide / WIDTH)) if wide > 1.5 * WIDTH else grey
                border = cv2.BORDER_REPLICATE
                windows.append(cv2.warpAffine(shrunk, to_frame, (WIDTH, HEIGHT), flags=flags, borderMode=border))
    return np.array(windows, np.uint8)


def overlap(boxes: np.ndarray, plate: np.ndarray) -> np.ndarray:
    """Intersection over union of boxes (n, 4) with one plate (4,)."""
    low = np.maximum(boxes[:, :2], plate[:2])
    high = np.minimum(boxes[:, :2] + boxes[:, 2:], plate[:2] + plate[2:])
    common = np.prod(np.maximum(0, high - low), 1)
    return common / (boxes[:, 2] * boxes[:, 3] + plate[2] * plate[3] - common)


def mine_negatives(scenes: list, cascade: Cascade, count: int, rng: np.random.Generator) -> tuple[np.ndarray, float]:
    """Windows without a plate that the cascade lets through, and the share of all looked at that they are."""
    windows: list[np.ndarray] = []
    looked = passed = 0
    for index in rng.permutation(len(scenes)):
        grey, plates, _ = scenes[index]
        scale = float(rng.choice(SCALES))
        size = (round(grey.shape[1] / scale), round(grey.shape[0] / scale))
        if size[0] < WIDTH or size[1] < HEIGHT:
            continue
        small = cv2.resize(grey, size, interpolation=cv2.INTER_LINEAR)
        tops, lefts = np.mgrid[0 : size[1] - HEIGHT + 1 : 2, 0 : size[0] - WIDTH + 1 : 2]
        left, top = lefts.ravel(), tops.ravel()
        boxes = np.stack([left, top, np.full(len(left), WIDTH), np.full(len(left), HEIGHT)], 1) * scale
        is_free = np.ones(len(left), bool)
        for plate in plates:
            is_free &= overlap(boxes, plate) < MAX_IOU_OF_NEGATIVE
        left, top = left[is_free], top[is_free]
        alive = passes(cascade, integral(small[None]), np.zeros(len(left), np.int64), left, top)
        looked += len(left)
        passed += len(alive)
        # Few from each picture, so that no single wall or grille teaches all.
        for i in rng.permutation(alive)[: max(4, count // 100)]:
            windows.append(small[top[i] : top[i] + HEIGHT, left[i] : left[i] + WIDTH])
        if len(windows) >= count:
            break
    return np.array(windows[:count], np.uint8).reshape(-1, HEIGHT, WIDTH), passed / max(1, looked)


def code_table(windows: np.ndarray, features: np.ndarray) -> np.ndarray:
    """(features, windows) uint8."""
    sums = integral(windows)
    every = np.arange(len(windows))
    zero = np.zeros(len(windows), np.int64)
    return np.array([codes(sums, feature, every, zero, zero) for feature in features])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder train")
    parser.add_argument("--out", type=Path, default=Path("models/cascade.xml"))
    parser.add_argument("--stages", type=int, default=16)
    parser.add_argument("--negatives", type=int, default=4000)
    parser.add_argument("--variants", type=int, default=2, help="windows a plate")
    parser.add_argument("--features", type=int, default=6000, help="features to choose from")
    parser.add_argument("--features-a-round", type=int, default=1500)
    parser.add_argument("--min-hit-rate", type=float, default=0.996)
    parser.add_argument("--max-false-alarm", type=float, default=0.4)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)

    scenes = load_scenes(options.data)
    positives = cut_positives(scenes, options.variants, rng)
    features = all_features(WIDTH, HEIGHT)
    features = features[rng.permutation(len(features))[: options.features]]
    positive_codes = code_table(positives, features)
    stages: list[Stage] = []
    print(f"{len(scenes)} pictures, {len(positives)} positive windows, {len(features)} features", flush=True)
    for number in range(options.stages):
        cascade = Cascade(WIDTH, HEIGHT, features, stages)
        zeros = np.zeros(len(positives), np.int64)
        kept = passes(cascade, integral(positives), np.arange(len(positives)), zeros, zeros)
        negatives, share = mine_negatives(scenes, cascade, options.negatives, rng)
        print(f"stage {number}: hit rate {len(kept) / len(positives):.4f}, lets {share:.2e} through", flush=True)
        if len(negatives) < 200:
            print("too few negatives are left; done", flush=True)
            break
        table = np.concatenate([positive_codes[:, kept], code_table(negatives, features)], 1)
        labels = np.concatenate([np.ones(len(kept)), -np.ones(len(negatives))])
        stage = train_stage(
            table,
            labels,
            min_hit_rate=options.min_hit_rate,
            max_false_alarm=options.max_false_alarm,
            max_stumps=20 + 8 * number,
            features_a_round=options.features_a_round,
            rng=rng,
        )
        stages.append(stage)
        print(f"  {len(stage.stumps)} stumps", flush=True)
        options.out.write_text(to_xml(Cascade(WIDTH, HEIGHT, features, stages)))


if __name__ == "__main__":
    main()
