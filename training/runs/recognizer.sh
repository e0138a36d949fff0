#!/usr/bin/env bash
# The recognizer that models/ ships, from data to card. Run from training/; training resumes where it stopped.
set -euo pipefail
data=${DATA:-../../shared/data}
export OMP_NUM_THREADS=1
runs/synth.sh
.venv/bin/python -m plates.train_recognizer --data "$data" --fonts .work/fonts --synth .work/synth --out .work/recognizer-first --minutes "${MINUTES:-112}" --steps 12000
# Second run: real plates with the positions that the first finds, their characters permuted; what the detector wrongly finds as non-plates.
[ -f .work/mined.pickle ] || .venv/bin/python -m plates.mine --data "$data" --detector .work/detector/detector.onnx --out .work/mined.pickle
.venv/bin/python -m plates.train_recognizer --data "$data" --fonts .work/fonts --synth .work/synth --mined .work/mined.pickle \
  --weights .work/recognizer-first/checkpoint.pt --out .work/recognizer-second --minutes "${MINUTES:-102}" --steps 100000 --learning-rate 1.1e-3
# Third run: plates as owners have them made, more light on dark and more slant.
.venv/bin/python -m plates.train_recognizer --data "$data" --fonts .work/fonts --synth .work/synth .work/synth-all --mined .work/mined.pickle \
  --weights .work/recognizer-second/checkpoint.pt --rendered 30000 --out .work/recognizer-third --minutes "${MINUTES:-112}" --steps 100000 \
  --learning-rate 8e-4 --batch 64 --real-share 0.6 --late-strength 0.6
# Fourth run: Pakistani plates as they are met, plates that lean in their box, and mild augmentation at the end.
.venv/bin/python -m plates.train_recognizer --data "$data" --fonts .work/fonts --synth .work/synth .work/synth-all .work/synth-pk .work/synth-pk \
  --mined .work/mined.pickle --weights .work/recognizer-third/checkpoint.pt --rendered 30000 --seed 2 --out .work/recognizer-fourth --minutes "${MINUTES:-100}" \
  --steps 100000 --learning-rate 8e-4 --batch 64 --real-share 0.6
.venv/bin/python -m plates.mix --earlier .work/recognizer-third/checkpoint.pt --later .work/recognizer-fourth/checkpoint.pt --share 0.7 --out .work/recognizer-fourth/mixed.pt
# Fifth run: misread plates count more, and plates of scenes as the detector finds them.
[ -f .work/seen.pickle ] || .venv/bin/python -m plates.seen --data "$data" --detector ../models/detector.onnx --out .work/seen.pickle
.venv/bin/python -m plates.train_recognizer --data "$data" --fonts .work/fonts --synth .work/synth .work/synth-all .work/synth-pk .work/synth-cn .work/synth-more \
  --mined .work/mined.pickle --seen .work/seen.pickle --weights .work/recognizer-fourth/mixed.pt --rendered 30000 --seed 3 --out .work/recognizer-fifth --minutes "${MINUTES:-110}" \
  --steps 100000 --learning-rate 7e-4 --batch 64 --real-share 0.62
.venv/bin/python -m plates.mix --earlier .work/recognizer-fourth/mixed.pt --later .work/recognizer-fifth/checkpoint.pt --share 0.7 --out .work/recognizer-fifth/mixed.pt
# Sixth run: plates of scenes from the start, and of Japanese plates the large digits alone.
.venv/bin/python -m plates.train_recognizer --data "$data" --fonts .work/fonts --synth .work/synth .work/synth-all .work/synth-pk .work/synth-cn .work/synth-more .work/synth-gulf \
  --mined .work/mined.pickle --seen .work/seen.pickle --weights .work/recognizer-fifth/mixed.pt --rendered 30000 --seed 6 --out .work/recognizer-sixth --minutes "${MINUTES:-138}" \
  --steps 100000 --learning-rate 7e-4 --batch 64 --real-share 0.62
mkdir -p .work/recognizer
.venv/bin/python -m plates.mix --earlier .work/recognizer-fifth/mixed.pt --later .work/recognizer-sixth/checkpoint.pt --share 0.7 --out .work/recognizer/mixed.pt
.venv/bin/python -m plates.export recognizer --checkpoint .work/recognizer/mixed.pt --data "$data" --out .work/recognizer
.venv/bin/python -m plates.quantize --input .work/recognizer/recognizer.onnx --data "$data" --weight-bits 7 --output ../models/recognizer.onnx
# Calibration is fitted on the tuning split of train, which no net has seen; figures are measured on val.
.venv/bin/python -m plates.tune_split --data "$data" --out .work/tune
(cd .. && npx platekit bench training/.work/tune --fit-calibration training/.work/calibration.json)
.venv/bin/python -m plates.complete_card --models ../models --calibration .work/calibration.json
(cd .. && npx platekit bench "${data#../}/val" --json > training/.work/val.json)
.venv/bin/python -m plates.complete_card --models ../models --figures .work/val.json
