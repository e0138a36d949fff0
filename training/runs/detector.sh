#!/usr/bin/env bash
# The detector that models/ ships, from data to card. Run from training/; resumes where it stopped.
set -euo pipefail
data=${DATA:-../../shared/data}
export OMP_NUM_THREADS=1
runs/synth.sh
.venv/bin/python -m plates.train_detector --data "$data" --fonts .work/fonts --out .work/detector-first --minutes "${MINUTES:-96}" --steps 8000
# Second run: drawn plates and lettered signs too, a fresh learning rate.
.venv/bin/python -m plates.train_detector --data "$data" --fonts .work/fonts --synth .work/synth --weights .work/detector-first/checkpoint.pt \
  --out .work/detector --minutes "${MINUTES:-98}" --steps 100000 --learning-rate 1e-3
.venv/bin/python -m plates.export detector --checkpoint .work/detector/checkpoint.pt --data "$data" --out .work/detector
.venv/bin/python -m plates.quantize --input .work/detector/detector.onnx --data "$data" --weight-bits 7 --output ../models/detector.onnx
