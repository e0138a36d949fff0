#!/usr/bin/env bash
# The net that models/ ships for merged pictures, from the recognizer's weights. Run from training/ behind runs/recognizer.sh; training resumes where it stopped.
set -euo pipefail
data=${DATA:-../../shared/data}
export OMP_NUM_THREADS=2
clips=de,fr,gb,it,es,nl,pl,ro,br,us,mx,in,vn,pk,za,tr,se
[ -f .work/synth-merged/crops.json ] || (cd .. && npx platekit synth merged --region $clips --count 19000 --raw 160x64 --free 0.15 --seed 18 training/.work/synth-merged)
[ -f .work/synth-merged-all/crops.json ] || (cd .. && npx platekit synth merged --count 5000 --raw 160x64 --free 0.15 --seed 19 training/.work/synth-merged-all)
[ -f .work/synth-merged-gulf/crops.json ] || (cd .. && npx platekit synth merged --region ae,qa,jp --count 3600 --raw 160x64 --free 0.05 --seed 20 training/.work/synth-merged-gulf)
train() {
  .venv/bin/python -m plates.train_recognizer --data "$data" --fonts .work/fonts \
    --synth .work/synth .work/synth-all .work/synth-more .work/synth-cn .work/synth-gulf --mined .work/mined.pickle --seen .work/seen.pickle \
    --rendered 30000 --steps 10000000 --batch 64 --strength 0.4 --late-strength 0.4 --threads 2 "$@"
}
train --merged .work/synth-merged .work/synth-merged-all --weights .work/recognizer/mixed.pt --seed 7 --minutes "${MINUTES:-105}" \
  --learning-rate 6e-4 --out .work/merged
train --merged .work/synth-merged .work/synth-merged-all .work/synth-merged-gulf --weights .work/merged/checkpoint.pt --seed 8 \
  --minutes "${MINUTES:-90}" --learning-rate 5e-4 --out .work/merged-gulf
.venv/bin/python -m plates.mix --earlier .work/merged/checkpoint.pt --later .work/merged-gulf/checkpoint.pt --share 0.75 --out .work/merged/mixed.pt
.venv/bin/python -m plates.export merged --checkpoint .work/merged/mixed.pt --data "$data" --out .work/merged
.venv/bin/python -m plates.quantize --input .work/merged/merged.onnx --data "$data" --weight-bits 7 --output ../models/merged.onnx
# Figures on rendered clips that no choice was made on.
(cd .. && npx node bench/video.ts --rendered 200 --seed 9001 > training/.work/rendered.json)
.venv/bin/python -m plates.complete_card --models ../models --rendered .work/rendered.json
