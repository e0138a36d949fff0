#!/usr/bin/env bash
# The recognizer that models/ ships, from data to card. Run from training/; resumes where it stopped.
set -euo pipefail
data=${DATA:-../../shared/data}
export OMP_NUM_THREADS=1
.venv/bin/python -m plates.train_recognizer --data "$data" --fonts .work/fonts --out .work/recognizer --minutes "${MINUTES:-112}" --steps 12000
.venv/bin/python -m plates.export recognizer --checkpoint .work/recognizer/checkpoint.pt --data "$data" --out ../models
# Calibration is fitted on the tuning split of train, which no net has seen.
.venv/bin/python -m plates.tune_split --data "$data" --out .work/tune
