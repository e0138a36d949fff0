#!/usr/bin/env bash
# The detector that models/ ships, from data to card. Run from training/; resumes where it stopped.
set -euo pipefail
data=${DATA:-../../shared/data}
export OMP_NUM_THREADS=1
.venv/bin/python -m plates.train_detector --data "$data" --fonts .work/fonts --out .work/detector --minutes "${MINUTES:-112}" --steps 8000
.venv/bin/python -m plates.export detector --checkpoint .work/detector/checkpoint.pt --data "$data" --out ../models
