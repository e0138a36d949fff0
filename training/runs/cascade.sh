#!/usr/bin/env bash
# The classic engine's cascade that models/ ships. Run from training/.
set -euo pipefail
data=${DATA:-../../shared/data}
export OMP_NUM_THREADS=1
.venv/bin/python -m plates.train_cascade --data "$data/train" --out ../models/cascade.xml --seed 1
