"""Cuts out what the detector takes for plates and is none, for the recognizer to learn that it is none.

python -m plates.mine --data ../shared/data --detector ../models/detector.onnx --out .work/mined.pickle
"""

import pickle
from pathlib import Path

import numpy as np
import onnxruntime

from .crops import LEGIBILITY, Crop
from .detector import LONG_SIDE
from .finds import bounds_of, cut_out, finds, open_detector, parse_options, quad_of
from .scenes import Scene, load_scenes

APART = 0.05
"""Overlap with a labelled plate, as a share of the smaller of the two, above which a find is left out."""


def load_mined(path: Path) -> list[Crop]:
    """Non-plates as crops of no text."""
    return [
        Crop(image, quad, "", None, None, None, LEGIBILITY["none"], "mined")
        for image, quad in pickle.loads(path.read_bytes())
    ]


def shared_part(a: np.ndarray, b: np.ndarray) -> float:
    """Overlap of two boxes as a share of the smaller."""
    inner = np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None).prod()
    return float(inner / max(1e-6, min((a[2:] - a[:2]).prod(), (b[2:] - b[:2]).prod())))


def non_plates(session: onnxruntime.InferenceSession, scene: Scene) -> list[tuple[np.ndarray, np.ndarray]]:
    """Picture and quad of each find that touches no labelled plate."""
    plates = [bounds_of(quad) for quad in scene.quads]
    cut = []
    for box in finds(session, scene.image, LONG_SIDE)[0]:
        if any(shared_part(box, plate) > APART for plate in plates) or (box[2:] - box[:2]).min() < 5:
            continue
        cut.append(cut_out(scene.image, quad_of(box)))
    return cut


def main() -> None:
    args = parse_options(__doc__)
    session = open_detector(args.detector)
    # Where labels miss secondary plates, a find may well be one.
    scenes = [scene for scene in load_scenes(args.data, "train", tune=False) if not scene.incomplete]
    mined = [cut for scene in scenes for cut in non_plates(session, scene)]
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_bytes(pickle.dumps(mined))
    print(f"{len(mined)} non-plates from {len(scenes)} scenes")


if __name__ == "__main__":
    main()
