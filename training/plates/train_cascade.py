"""Trains the classic engine's LBP cascade on labelled scenes and writes models/cascade.xml.

Positives are the plates on one line, a little moved and scaled; negatives come from pictures without plates and from
the rest of the scenes, each stage's from what the stages before still let through. Resumes from its checkpoint.
"""

import argparse
import pickle
import time
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from .cascade import (
    Cascade,
    Stage,
    all_features,
    code_table,
    from_xml,
    grid_passes,
    integral,
    passes,
    to_xml,
    train_stage,
)
from .cascade_windows import (
    HEIGHT,
    MAX_IOU_OF_NEGATIVE,
    WIDTH,
    Scene,
    boxes_in_frame,
    cut_positives,
    load_scenes,
    overlap,
    reaches_cascade,
    shuffled_views,
    view_of,
    without_margin,
)

STEP_PX = 2
MINED_AT_ONCE = 500
"""Negatives between two checkpoints: a late stage looks at tens of millions of windows for its thousands."""


def mine_negatives(
    scenes: list[Scene], cascade: Cascade, count: int, max_windows: float, rng: np.random.Generator
) -> tuple[np.ndarray, float, int]:
    """Windows without a plate that the cascade lets through, the share of all looked at that they are, and these."""
    windows: list[np.ndarray] = []
    looked = passed = 0
    for scene, view in shuffled_views(scenes, rng):
        picture, pixel = view_of(scene.grey, view)
        corners = grid_passes(cascade, cv2.integral(picture), STEP_PX)
        looked += (picture.shape[0] - HEIGHT) * (picture.shape[1] - WIDTH) // STEP_PX**2
        boxes = without_margin(boxes_in_frame(corners, pixel))
        is_free = np.ones(len(corners), bool)
        for plate in scene.boxes:
            is_free &= overlap(boxes, plate) < MAX_IOU_OF_NEGATIVE
        corners = corners[is_free]
        passed += len(corners)
        # Few from each view, so that no single wall or grille teaches all.
        for left, top in rng.permutation(corners)[:8]:
            windows.append(picture[top : top + HEIGHT, left : left + WIDTH])
        if len(windows) >= count or looked > max_windows:
            break
    return np.array(windows[:count], np.uint8).reshape(-1, HEIGHT, WIDTH), passed / max(1, looked), looked


def let_through(cascade: Cascade, windows: np.ndarray) -> np.ndarray:
    """Indices of the windows (n, HEIGHT, WIDTH) that the cascade lets through."""
    zeros = np.zeros(len(windows), np.int64)
    return passes(cascade, integral(windows), np.arange(len(windows)), zeros, zeros)


def save_array(path: Path, array: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part.npy")
    np.save(part, array)
    part.replace(path)


def save(path: Path, content: bytes) -> None:
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder train")
    parser.add_argument("--out", type=Path, default=Path("models/cascade.xml"))
    parser.add_argument("--checkpoint", type=Path, default=Path(".work/cascade.pickle"))
    parser.add_argument("--first-stages", type=Path, help="a cascade to go on from, where there is no checkpoint")
    parser.add_argument("--keep-stages", type=int, help="stages to keep of it; default all")
    parser.add_argument("--stages", type=int, default=18)
    parser.add_argument(
        "--mined", type=Path, help="negatives of the next stage alone, as bench/cascade-mine.ts writes them"
    )
    parser.add_argument("--positives", type=Path, help="where the positive windows are kept; written when missing")
    parser.add_argument("--negatives", type=int, default=10000)
    parser.add_argument("--variants", type=int, default=2, help="windows a plate")
    parser.add_argument("--features-a-stage", type=int, default=1500, help="features to choose from")
    parser.add_argument("--features-a-round", type=int, default=400)
    parser.add_argument("--min-hit-rate", type=float, default=0.997)
    parser.add_argument("--max-false-alarm", type=float, default=0.3)
    parser.add_argument("--max-windows", type=float, default=4e7, help="looked at for negatives, a stage")
    parser.add_argument("--share", type=float, default=1.0, help="of the pictures, to try things out")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    cv2.setNumThreads(1)
    start = time.monotonic()

    scenes: list[Scene] = []
    if options.positives is not None and options.positives.exists():
        positives = np.load(options.positives)
    else:
        scenes = load_scenes(options.data, options.share)
        positives = cut_positives(scenes, options.variants, rng)
        scenes = [scene for scene in scenes if not scene.is_crop]
        if options.positives is not None:
            save_array(options.positives, positives)
    if options.mined is not None:
        # What the search skips is lost already: a stage need not keep it.
        positives = positives[reaches_cascade(positives)]
    features = all_features(WIDTH, HEIGHT)
    stages: list[Stage] = []
    negatives = np.zeros((0, HEIGHT, WIDTH), np.uint8)
    if options.checkpoint.exists():
        stages, negatives = pickle.loads(options.checkpoint.read_bytes())
        rng = np.random.default_rng([options.seed, len(stages), len(negatives)])
        print(f"resumed after {len(stages)} stages, with {len(negatives)} negatives", flush=True)
    elif options.first_stages is not None:
        stages = from_xml(options.first_stages.read_text(), features)[: options.keep_stages]
        print(f"goes on from {len(stages)} stages of {options.first_stages}", flush=True)
    print(f"{len(scenes)} pictures, {len(positives)} positive windows, {len(features)} features", flush=True)
    options.checkpoint.parent.mkdir(parents=True, exist_ok=True)
    while len(stages) < options.stages:
        cascade = Cascade(WIDTH, HEIGHT, features, stages)
        kept = let_through(cascade, positives)
        share, windows_left = 0.0, options.max_windows
        if options.mined is not None:
            mined = np.fromfile(options.mined, np.uint8).reshape(-1, HEIGHT, WIDTH)
            negatives, windows_left = mined[rng.permutation(len(mined))[: options.negatives]], 0
        negatives = negatives[let_through(cascade, negatives)]
        while len(negatives) < options.negatives and windows_left > 0:
            count = min(MINED_AT_ONCE, options.negatives - len(negatives))
            fresh, share, looked = mine_negatives(scenes, cascade, count, windows_left, rng)
            windows_left -= looked
            negatives = np.concatenate([negatives, fresh])
            save(options.checkpoint, pickle.dumps((stages, negatives)))
            if len(fresh) < count:
                break
        minutes = (time.monotonic() - start) / 60
        print(
            f"{minutes:.1f} min, stage {len(stages)}: hit rate {len(kept) / len(positives):.4f}, lets {share:.2e} through, "
            f"{len(negatives)} negatives",
            flush=True,
        )
        if len(negatives) < 500:
            print("too few negatives are left; done", flush=True)
            break
        offered = rng.permutation(len(features))[: options.features_a_stage]
        table = code_table(np.concatenate([positives[kept], negatives]), features[offered])
        labels = np.concatenate([np.ones(len(kept)), -np.ones(len(negatives))])
        stage = train_stage(
            table,
            labels,
            min_hit_rate=options.min_hit_rate,
            max_false_alarm=options.max_false_alarm,
            max_stumps=min(110, 10 + 10 * len(stages)),
            features_a_round=options.features_a_round,
            rng=rng,
        )
        stages.append(
            Stage([replace(stump, feature=int(offered[stump.feature])) for stump in stage.stumps], stage.threshold)
        )
        print(f"  {len(stage.stumps)} stumps", flush=True)
        save(options.out, to_xml(Cascade(WIDTH, HEIGHT, features, stages)).encode())
        save(options.checkpoint, pickle.dumps((stages, negatives)))
        if options.mined is not None:
            break


if __name__ == "__main__":
    main()
