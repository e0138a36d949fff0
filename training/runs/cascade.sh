#!/usr/bin/env bash
# The classic engine's cascade that models/ ships. Run from training/; training resumes where it stopped.
# models/cascade.xml was trained in two goes (LOG.md): seven stages with 8,000 negatives and a false alarm rate of 0.4, then
# three from `--first-stages OLD.xml --keep-stages 7 --negatives 8000 --max-windows 1e8`. More stages have not been tried.
set -euo pipefail
data=${DATA:-../../shared/data}
export OMP_NUM_THREADS=1
.venv/bin/python -m plates.train_cascade --data "$data/train" --out ../models/cascade.xml --checkpoint .work/cascade.pickle --negatives 8000 --stages "${STAGES:-10}" --seed 1
# growth, evidence and minConfidence are fitted on the tenth of train's scenes that is held back.
.venv/bin/python -m plates.classic_cards cascade --model ../models/cascade.xml --data "$data" --search runs/cascade-search.json
(cd .. && npx node bench/cascade.ts "${data#../}/val")
