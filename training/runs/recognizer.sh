#!/usr/bin/env bash
# The recognizer that models/ ships, from data to card. Run from training/; training resumes where it stopped.
set -euo pipefail
data=${DATA:-../../shared/data}
export OMP_NUM_THREADS=1
[ -f .work/synth/crops.json ] || (cd .. && npx platekit synth plates --count 24000 --raw 192x80 --difficulty 0.35 --free 0.15 --cut 0.04 --negatives 0.03 --seed 11 training/.work/synth)
.venv/bin/python -m plates.train_recognizer --data "$data" --fonts .work/fonts --synth .work/synth --out .work/recognizer --minutes "${MINUTES:-112}" --steps 12000
.venv/bin/python -m plates.export recognizer --checkpoint .work/recognizer/checkpoint.pt --data "$data" --out ../models
# Calibration is fitted on the tuning split of train, which no net has seen; figures are measured on val.
.venv/bin/python -m plates.tune_split --data "$data" --out .work/tune
(cd .. && npx platekit bench training/.work/tune --fit-calibration training/.work/calibration.json)
.venv/bin/python -m plates.complete_card --models ../models --calibration .work/calibration.json
(cd .. && npx platekit bench "${data#../}/val" --json > training/.work/val.json)
.venv/bin/python -m plates.complete_card --models ../models --figures .work/val.json
