#!/usr/bin/env bash
# The classic engine's character net that models/ ships. Run from training/; 2 minutes of one core, and 2.5 to cut.
set -euo pipefail
data=${DATA:-../../shared/data}
pictures=.work/characters
.venv/bin/python -m plates.tune_split --data "$data" --out .work/rest --rest
(cd .. && npx platekit cut training/.work/rest/crops "training/$pictures" --plates 4078)
for half in train val; do
  for folder in "$data/characters/$half"/*; do
    for picture in "$folder"/*; do cp "$picture" "$pictures/$half/$(basename "$folder")/tutorial-$(basename "$picture")"; done
  done
done
(cd .. && npx platekit train characters "training/$pictures" --epochs 14 --batch 32 --seed 1 --out training/.work/characters.onnx)
cp .work/characters.onnx .work/characters.json ../models/
.venv/bin/python -m plates.classic_cards characters --model ../models/characters.onnx --pictures "$pictures" --calibration 0.036 0.764
