"""Cuts the labelled plates out of scenes as the detector finds them: in the scenes' pixels, with the corners that it gives.

python -m plates.seen --data ../shared/data --detector ../models/detector.onnx --out .work/seen.pickle

The crops of the data come from larger pictures and have the labels' boxes; what is read in a scene has neither.
"""

import json
import pickle
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from .alphabet import SLOTS
from .augment import plate_quad
from .crops import LEGIBILITY, Crop, is_tune
from .finds import bounds_of, cut_out, finds, open_detector, parse_options, quad_of

LONG_SIDE = 512
"""Of the input, as the detector's card has it."""
LEAST_OVERLAP = 0.5
CROP_STEM = 60
"""Characters of a scene's name that the names of its crops begin with."""


def load_seen(path: Path) -> list[Crop]:
    return [Crop(*fields) for fields in pickle.loads(path.read_bytes())]


def is_held_back(name: str, image: str, plates: int) -> bool:
    """Whether the scene, or a crop cut from it (`<scene>_<plate>.webp`), is of the tuning split."""
    stem = image.removesuffix(".webp")[:CROP_STEM]
    return is_tune(f"{name}/{image}") or any(is_tune(f"{name}/{stem}_{plate}.webp") for plate in range(plates))


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    """Intersection over union of two boxes x1 y1 x2 y2."""
    inner = np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None).prod()
    return float(inner / max(1e-6, (a[2:] - a[:2]).prod() + (b[2:] - b[:2]).prod() - inner))


def seen_plates(
    session: onnxruntime.InferenceSession, picture: np.ndarray, plates: list[dict]
) -> list[tuple[np.ndarray, np.ndarray, dict]]:
    """Picture, corners and label of each plate with a whole text that is found."""
    boxes, quads = finds(session, picture, LONG_SIDE)
    found = []
    for plate in plates:
        text = plate["text"]
        if not text or "?" in text or len(text) > SLOTS or not len(boxes):
            continue
        labelled = bounds_of(plate_quad(plate["box"]))
        overlaps = [overlap(box, labelled) for box in boxes]
        best = int(np.argmax(overlaps))
        if overlaps[best] >= LEAST_OVERLAP:
            is_trusted = (
                overlap(bounds_of(quads[best]), boxes[best]) >= LEAST_OVERLAP
            )  # else inference takes the box too
            quad = quads[best] if is_trusted else quad_of(boxes[best])
            found.append((*cut_out(picture, quad), plate))
    return found


def main() -> None:
    args = parse_options(__doc__)
    session = open_detector(args.detector)
    seen, labelled = [], 0
    for labels in sorted((args.data / "train" / "scenes").glob("*/labels.jsonl")):
        name = labels.parent.name
        for line in labels.read_text().splitlines():
            row = json.loads(line)
            if is_held_back(name, row["image"], len(row["plates"])):
                continue
            picture = cv2.cvtColor(cv2.imread(str(labels.parent / row["image"])), cv2.COLOR_BGR2RGB)
            labelled += sum(bool(plate["text"]) and "?" not in plate["text"] for plate in row["plates"])
            for image, quad, plate in seen_plates(session, picture, row["plates"]):
                legibility = LEGIBILITY.get(plate["legible"] or "", LEGIBILITY["full"])
                seen.append(
                    (image, quad, plate["text"], None, plate["lines"], plate["region"], legibility, f"{name}-seen")
                )
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_bytes(pickle.dumps(seen))
    print(f"{len(seen)} of {labelled} plates are found")


if __name__ == "__main__":
    main()
