"""Cuts out what the detector takes for plates and is none, for the recognizer to learn that it is none.

python -m plates.mine --data ../shared/data --detector ../models/detector.onnx --out .work/mined.pickle
"""

import argparse
import pickle
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from .augment import expand_quad, plate_quad
from .crops import LEGIBILITY, MAX_CROP_WIDTH, Crop
from .detector import LONG_SIDE, cell_centres
from .scenes import Scene, letterbox, load_scenes

THRESHOLD = 0.08
APART = 0.05
"""Overlap with a labelled plate, as a share of the smaller of the two, above which a find is left out."""
SURROUNDINGS = 0.35


def load_mined(path: Path) -> list[Crop]:
    """Non-plates as crops of no text."""
    return [
        Crop(image, quad, "", None, None, None, LEGIBILITY["none"], "mined")
        for image, quad in pickle.loads(path.read_bytes())
    ]


def finds(session: onnxruntime.InferenceSession, scene: Scene) -> np.ndarray:
    """Boxes (finds, 4) x1 y1 x2 y2 in pixels of the scene, after non-maximum suppression."""
    canvas, scale = letterbox(scene.image, LONG_SIDE)
    output = session.run(None, {"image": canvas[None]})[0][0].T
    scores = 1 / (1 + np.exp(-output[:, 0]))
    centres, strides = (cells.numpy() for cells in cell_centres(*canvas.shape[:2]))
    keep = scores > THRESHOLD
    reach = output[keep, 1:5] * strides[keep, None]
    boxes = np.concatenate([centres[keep] - reach[:, :2], centres[keep] + reach[:, 2:]], 1) / scale
    order = cv2.dnn.NMSBoxes(
        np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], 1).tolist(), scores[keep].tolist(), THRESHOLD, 0.5
    )
    return boxes[np.array(order, int).reshape(-1)]


def shared_part(a: np.ndarray, b: np.ndarray) -> float:
    """Overlap of two boxes as a share of the smaller."""
    inner = np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None).prod()
    return float(inner / max(1e-6, min((a[2:] - a[:2]).prod(), (b[2:] - b[:2]).prod())))


def non_plates(session: onnxruntime.InferenceSession, scene: Scene) -> list[tuple[np.ndarray, np.ndarray]]:
    """Picture and quad of each find that touches no labelled plate."""
    plates = [np.concatenate([quad.min(0), quad.max(0)]) for quad in scene.quads]
    cut = []
    for box in finds(session, scene):
        if any(shared_part(box, plate) > APART for plate in plates) or (box[2:] - box[:2]).min() < 5:
            continue
        quad = plate_quad((box[0], box[1], box[2] - box[0], box[3] - box[1]))
        around = expand_quad(quad, *[SURROUNDINGS] * 4)
        left, top = np.floor(np.clip(around.min(0), 0, None)).astype(int)
        right, bottom = np.ceil(around.max(0)).astype(int)
        image = np.ascontiguousarray(scene.image[top:bottom, left:right])
        scale = min(1.0, MAX_CROP_WIDTH / image.shape[1])
        if scale < 1:
            image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        cut.append((image, ((quad - np.array([left, top])) * scale).astype(np.float32)))
    return cut


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--detector", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(args.detector), options, providers=["CPUExecutionProvider"])
    # Where labels miss secondary plates, a find may well be one.
    scenes = [scene for scene in load_scenes(args.data, "train", tune=False) if not scene.incomplete]
    mined = [cut for scene in scenes for cut in non_plates(session, scene)]
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_bytes(pickle.dumps(mined))
    print(f"{len(mined)} non-plates from {len(scenes)} scenes")


if __name__ == "__main__":
    main()
