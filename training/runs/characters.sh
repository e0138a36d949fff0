#!/usr/bin/env bash
# The classic engine's character net. Run from training/; 20 minutes of one core.
# A first net learns characters alone; it tells where the characters of labelled plates are, and so what is none of them.
# The net in models/ was trained on pictures cut by an earlier state of src/classic and reads a little better than what this
# makes (LOG.md). With the word `ship` the new one replaces it; do that where bench/paths-fit.ts prints more for it.
set -euo pipefail
data=${DATA:-../../shared/data}
first=.work/characters
shapes=.work/shapes
# From the sources: what dist/ holds may be older.
from_root() { (cd .. && npx node "$@"); }
with_tutorial() {
  for half in train val; do
    for folder in "$data/characters/$half"/*; do
      class=$(basename "$folder")
      for picture in "$folder"/*; do cp "$picture" "$1/$half/${class#class_}/tutorial-$(basename "$picture")"; done
    done
  done
}
.venv/bin/python -m plates.tune_split --data "$data" --out .work/tune
.venv/bin/python -m plates.tune_split --data "$data" --out .work/rest --rest
from_root src/cli/main.ts cut training/.work/rest/crops "training/$first" --plates 4078
with_tutorial "$first"
from_root src/cli/main.ts train characters "training/$first" --epochs 14 --batch 32 --seed 1 --out training/.work/first.onnx
from_root src/cli/main.ts cut training/.work/rest/crops "training/$shapes" --align training/.work/first.onnx --held 0.25 --per-class 650 --plates 5000
with_tutorial "$shapes"
from_root src/cli/main.ts train characters "training/$shapes" --epochs 12 --batch 64 --learning-rate 0.0015 --seed 1 --out training/.work/characters.onnx
# The weights of src/classic/shape-paths.ts and read-paths.ts: on plates whose texts the net has not seen.
from_root bench/paths-fit.ts training/.work/rest/crops/openalpr-{br,eu}-crops --characters training/.work/characters.onnx --unseen 0.25 --read 0.1
from_root bench/classic-confidence.ts training/.work/tune/crops --characters training/.work/characters.onnx --out training/.work/confidence.json
[ "${1:-}" = ship ] || exit 0
cp .work/characters.onnx .work/characters.json ../models/
.venv/bin/python -m plates.classic_cards characters --model ../models/characters.onnx --pictures "$shapes" --calibration .work/confidence.json
