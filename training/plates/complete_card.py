"""Writes into the cards what is only known after export: the calibration and the figures that `platekit bench` printed.

npx platekit bench training/.work/tune --fit-calibration calibration.json
npx platekit bench ../shared/data/val --json > val.json
python -m plates.complete_card --models ../models --calibration calibration.json --figures val.json
npx node bench/video.ts --rendered 200 --seed 9001 > rendered.json
python -m plates.complete_card --models ../models --rendered rendered.json
runs/leave-out.sh
python -m plates.complete_card --models ../models --left-out .work/left-out.json
"""

import argparse
import json
from pathlib import Path

END_TO_END = ["images", "plates", "detectionRecall", "detectionPrecision", "exact", "exactFolded", "calibrationError"]
READER = [
    "images",
    "plates",
    "exact",
    "exactFolded",
    "characterErrorRate",
    "top5",
    "calibrationError",
    "coverageAt99",
    "coverageAt999",
]
RENDERED = ["clips", "fusedExact", "bestSingleExact", "errorRatio", "calibrationError"]

UNSEEN = ("us-seg-crops", "world-lprds-crops", "openalpr-eu-crops", "openlpr-plates")
"""Sets that the net of `runs/leave-out.sh` never saw."""

MANY = 20
"""A region or height with fewer plates is left out of the tables: its share says little."""


def shares(groups: dict[str, dict], name: str, count: str) -> dict[str, object]:
    """One figure by group, with the number of plates it is taken over."""
    return {
        group: {"plates": row[count], name: round(row[name], 4)}
        for group, row in groups.items()
        if row[name] is not None and row[count] >= MANY
    }


def rounded(figures: dict[str, object], names: list[str]) -> dict[str, object]:
    """The named figures, shares to four digits."""
    return {name: round(figures[name], 4) if isinstance(figures[name], float) else figures[name] for name in names}


def left_out_figures(by_dataset: dict[str, dict], shipped: dict[str, float]) -> dict[str, object]:
    """What a net that never saw four of the sets reads of them and of the others, beside what ships.

    `by_dataset` is by the names of `platekit bench data/val/crops`, `shipped` by those of `platekit bench data/val`.
    """

    def together(names: list[str]) -> dict[str, object]:
        plates = sum(by_dataset[name]["texts"] for name in names)
        exact = sum(by_dataset[name]["exact"] * by_dataset[name]["texts"] for name in names)
        of_shipped = sum(shipped[f"crops/{name}"] * by_dataset[name]["texts"] for name in names)
        return {
            "plates": plates,
            "exact": round(exact / plates, 4),
            "exactOfThisModel": round(of_shipped / plates, 4),
        }

    return {
        "command": "training/runs/leave-out.sh",
        "unseen": together(list(UNSEEN)),
        "seen": together([name for name in by_dataset if name not in UNSEEN]),
        "unseenByDataset": {name: round(by_dataset[name]["exact"], 4) for name in UNSEEN},
    }


def complete(
    card: dict[str, object], calibration: dict[str, object] | None, bench: dict | None, left_out: dict | None = None
) -> dict[str, object]:
    """A card with calibration (recognizer only) and figures; what is not given stays as it was."""
    card = dict(card)
    if calibration is not None and card["task"] == "recognizer":
        card["calibration"] = calibration["calibration"]
        if calibration.get("plateCheck"):
            card["plateCheck"] = calibration["plateCheck"]
    if bench is not None:
        command = "platekit bench data/val --json"
        if card["task"] == "detector":
            card["figures"] = {"command": command, "endToEnd": rounded(bench, END_TO_END)}
            card["weaknesses"] = {
                "recallByHeight": shares(bench["byHeight"], "detectionRecall", "plates"),
                "recallByRegion": shares(bench["byRegion"], "detectionRecall", "plates"),
            }
        else:
            crops = bench["crops"]
            card["figures"] = card["figures"] | {
                "command": command,
                "crops": rounded(crops, READER),
                "cropsLatin": rounded(crops["latin"], ["plates", "exact", "characterErrorRate"]),
                "exactByDataset": {name: row["exact"] for name, row in crops["byDataset"].items()},
            }
            card["weaknesses"] = {
                "exactByHeight": shares(crops["byHeight"], "exact", "texts"),
                "exactByRegion": shares(crops["byRegion"], "exact", "texts"),
                "exactByLines": shares(crops["byLines"], "exact", "texts"),
            }
    if left_out is not None and card["task"] == "recognizer":
        figures = left_out_figures(left_out["byDataset"], card["figures"]["exactByDataset"])
        card["figures"] = card["figures"] | {"leaveOneSetOut": figures}
    return card


def complete_merged(card: dict[str, object], recognizer: dict[str, object], rendered: dict | None) -> dict[str, object]:
    """The card of the net for merged pictures: the recognizer's calibration, since fused texts have one of their own."""
    card = card | {"calibration": recognizer["calibration"]}
    if rendered is not None:
        figures = {name: rendered[name] for name in RENDERED}
        card["figures"] = {"command": "bench/video.ts --rendered 200 --seed 9001", "renderedClips": figures}
    return card


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--calibration", type=Path)
    parser.add_argument("--figures", type=Path)
    parser.add_argument(
        "--left-out", type=Path, help="what `platekit bench --crops` printed of runs/leave-out.sh's net"
    )
    parser.add_argument("--rendered", type=Path, help="what `bench/video.ts --rendered` printed")
    args = parser.parse_args()
    calibration = json.loads(args.calibration.read_text()) if args.calibration else None
    bench = json.loads(args.figures.read_text()) if args.figures else None
    left_out = json.loads(args.left_out.read_text()) if args.left_out else None
    rendered = json.loads(args.rendered.read_text()) if args.rendered else None
    detector, recognizer, merged = (args.models / f"{name}.json" for name in ("detector", "recognizer", "merged"))
    for path in (detector, recognizer):
        write(path, complete(json.loads(path.read_text()), calibration, bench, left_out))
    if merged.exists():
        write(merged, complete_merged(json.loads(merged.read_text()), json.loads(recognizer.read_text()), rendered))


def write(path: Path, card: dict[str, object]) -> None:
    path.write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
