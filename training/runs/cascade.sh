#!/usr/bin/env bash
# The classic engine's cascade that models/ ships. Run from training/; training resumes where it stopped, stage by stage.
# models/cascade.xml was trained in two goes (LOG.md): seven stages with 8,000 negatives and a false alarm rate of 0.4, then
# three from `--first-stages OLD.xml --keep-stages 7`. Where the checkpoint is gone, `--first-stages ../models/cascade.xml` goes on
# from the ten that ship. Beyond them negatives are rare: STAGES=11 and more mines them with the search itself, ten times as fast.
# Look at the curve that cascade-fit prints, by fifths of train's held-out tenth, and choose LIMIT there.
set -euo pipefail
data=${DATA:-../../shared/data}
stages=${STAGES:-10}
export OMP_NUM_THREADS=1
train() {
  .venv/bin/python -u -m plates.train_cascade --data "$data/train" --out .work/cascade16.xml --checkpoint .work/cascade16.pickle \
    --negatives 8000 --max-windows 2e8 --seed 1 "$@"
}
train --stages "$((stages < 10 ? stages : 10))"
for ((stage = 11; stage <= stages; stage++)); do
  (cd .. && npx node bench/cascade-mine.ts "${data#../}/train" --cascade training/.work/cascade16.xml --out training/.work/mined.bin --seed "$stage")
  train --stages "$stage" --mined .work/mined.bin --positives .work/cascade-positives.npy
done
# growth, evidence and minConfidence are fitted on the tenth of train's scenes that is held back.
(cd .. && npx node bench/cascade-fit.ts "${data#../}/train" --cascade training/.work/cascade16.xml \
  --min-confidence "${LIMIT:-0.12}" --out training/runs/cascade-search.json)
(cd .. && npx biome format --write training/runs/cascade-search.json)
cp .work/cascade16.xml ../models/cascade.xml
.venv/bin/python -m plates.classic_cards cascade --model ../models/cascade.xml --data "$data" --search runs/cascade-search.json
(cd .. && npx node bench/cascade.ts "${data#../}/val")
