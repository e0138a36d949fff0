#!/usr/bin/env bash
# What a new country will see: a recognizer that never saw four of the sets, measured on them. Run from training/.
# Another net only shows it where the characters of the other sets' plates stand.
set -euo pipefail
data=${DATA:-../../shared/data}
sets=$(.venv/bin/python -c 'from plates.complete_card import UNSEEN; print(",".join(UNSEEN))')
export OMP_NUM_THREADS=1
runs/synth.sh
.venv/bin/python -m plates.train_recognizer --data "$data" --fonts .work/fonts --synth .work/synth .work/synth-all .work/synth-pk .work/synth-cn .work/synth-more .work/synth-gulf \
  --seen .work/seen.pickle --skip "$sets" --aligner "${ALIGNER:-.work/recognizer/mixed.pt}" --rendered 30000 --seed 5 --out .work/left-out --minutes "${MINUTES:-180}" --steps 100000 \
  --learning-rate 1.2e-3 --batch 64 --real-share 0.62
.venv/bin/python -m plates.export recognizer --checkpoint .work/left-out/checkpoint.pt --data "$data" --out .work/left-out
rm -rf .work/left-out-models
cp -r ../models .work/left-out-models
cp .work/left-out/recognizer.* .work/left-out-models/
(cd .. && npx platekit bench "${data#../}/val/crops" --crops --models training/.work/left-out-models --json > training/.work/left-out.json)
.venv/bin/python -m plates.complete_card --models ../models --left-out .work/left-out.json
