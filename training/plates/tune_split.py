"""Lays the tuning split of `train` out as a dataset folder, so that `platekit bench` can measure and calibrate on it.

    python -m plates.tune_split --data ../shared/data --out .work/tune

Pictures are linked, not copied. Nothing of this split is trained on.
"""

import argparse
import json
from pathlib import Path

from .crops import is_tune


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rest", action="store_true", help="all but the tuning split: what may be trained on")
    args = parser.parse_args()
    train = args.data.resolve() / "train"
    kept = 0
    for labels in sorted(train.glob("**/labels.jsonl")):
        rows = [json.loads(line) for line in labels.read_text().splitlines()]
        rows = [row for row in rows if is_tune(f"{labels.parent.name}/{row['image']}") != args.rest]
        if not rows:
            continue
        folder = args.out / labels.parent.relative_to(train)
        folder.mkdir(parents=True, exist_ok=True)
        for row in rows:
            link = folder / row["image"]
            if not link.exists():
                link.symlink_to(labels.parent / row["image"])
        (folder / "labels.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
        kept += len(rows)
    print(f"{kept} pictures in {args.out}")


if __name__ == "__main__":
    main()
