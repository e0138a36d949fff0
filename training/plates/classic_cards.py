"""Completes the cards of the classic engine's models: data by name and licence, golden file, what the search needs.

python -m plates.classic_cards characters --model ../models/characters.onnx --pictures .work/shapes \
    --calibration .work/characters-confidence.json
python -m plates.classic_cards cascade --model ../models/cascade.xml --data ../shared/data --search search.json
"""

import argparse
import hashlib
import json
from collections import Counter
from pathlib import Path

import numpy as np

from .cascade_windows import HEIGHT, MARGIN_X, MARGIN_Y, MIN_CENTRING, MIN_CONTRAST, PASSES, WIDTH
from .export import LICENCES, golden

TUTORIAL = {"name": "characters of the tutorial", "licence": "GPL-3.0 repository"}


def set_of(picture: str) -> dict[str, str]:
    """Name and licence of the set that a picture of a character comes from, by its file name."""
    if picture.startswith("tutorial-"):
        return TUTORIAL
    for name, licence in sorted(LICENCES.items(), key=lambda item: -len(item[0])):
        if picture.startswith((f"{name}-crops-", f"{name}-")):
            return {"name": f"characters of {name}", "licence": licence}
    raise ValueError(f"{picture}: of no known set")


def counted(sets: list[dict[str, str]]) -> list[dict[str, str | int]]:
    """Each set once, with how many pictures it gave."""
    counts = Counter((entry["name"], entry["licence"]) for entry in sets)
    return [{"name": name, "licence": licence, "images": count} for (name, licence), count in sorted(counts.items())]


def complete_characters(model: Path, pictures: Path, calibration: dict | None) -> None:
    card = json.loads(model.with_suffix(".json").read_text())
    files = sorted((pictures / "train").glob("*/*"))
    card["name"] = "platekit-characters"
    card["training"]["data"] = counted([set_of(file.name) for file in files])
    if calibration is not None:
        card["calibration"] = calibration
    model.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n")
    example = golden(model, golden_strokes(), ["probabilities"])
    model.with_suffix(".golden.json").write_text(json.dumps(example) + "\n")


def golden_strokes() -> np.ndarray:
    """(4, 28, 28, 1) uint8: a bar, a ring, a slope and a ramp, white on black, the same on every machine."""
    y, x = np.mgrid[0:28, 0:28]
    radius = np.hypot(x - 13.5, y - 13.5)
    shapes = [abs(x - 13.5) < 4, abs(radius - 9) < 3, abs(x + y - 27) < 4]
    drawn = [np.where(shape, 255, 0) for shape in shapes]
    return np.array([*drawn, (x + y) * 255 // 54]).astype(np.uint8)[..., None]


def complete_cascade(model: Path, data: Path, search: dict) -> None:
    folders = [*sorted((data / "train" / "scenes").iterdir()), data / "train" / "negatives"]
    names = [folder.name for folder in folders for _ in (folder / "labels.jsonl").open()]
    sets = [{"name": name, "licence": licence_of(name)} for name in names]
    card = {
        "schema": 1,
        "task": "cascade",
        "name": "platekit-cascade",
        "version": "1.0.0",
        "sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
        "search": {
            "window": {"width": WIDTH, "height": HEIGHT},
            "margin": {"x": MARGIN_X, "y": MARGIN_Y},
            "skip": {"minContrast": MIN_CONTRAST, "minCentring": MIN_CENTRING},
            "passes": PASSES,
            **search,
        },
        "training": {"data": counted(sets), "seed": 1, "note": "a tenth of train, by name, was held back for tuning"},
        "figures": {},
    }
    model.with_suffix(".json").write_text(json.dumps(card, indent=1) + "\n")


def licence_of(name: str) -> str:
    return LICENCES[name.removesuffix("-crops").removesuffix("-scenes")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["characters", "cascade"])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--pictures", type=Path, help="the folder that the characters were trained on")
    parser.add_argument("--calibration", type=Path, help="JSON of bias and weights, by bench/classic-confidence.ts")
    parser.add_argument("--data", type=Path, help="the folder that holds train and val")
    parser.add_argument("--search", type=Path, help="JSON of growth, evidence and minConfidence")
    args = parser.parse_args()
    if args.what == "characters":
        calibration = None if args.calibration is None else json.loads(args.calibration.read_text())
        complete_characters(args.model, args.pictures, calibration)
    else:
        complete_cascade(args.model, args.data, json.loads(args.search.read_text()))


if __name__ == "__main__":
    main()
