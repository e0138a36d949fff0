#!/usr/bin/env bash
# The drawn plates that both nets are trained on. Run from training/; nothing to do when they are there.
set -euo pipefail
[ -f .work/synth/crops.json ] || (cd .. && npx platekit synth plates --count 72000 --raw 192x80 --difficulty 0.35 --free 0.2 --cut 0.04 --negatives 0.03 --seed 12 training/.work/synth)
[ -f .work/synth-all/crops.json ] || (cd .. && npx platekit synth plates --count 36000 --raw 192x80 --difficulty 0.45 --free 0.25 --cut 0.04 --negatives 0.03 --seed 13 training/.work/synth-all)
[ -f .work/synth-pk/crops.json ] || (cd .. && npx platekit synth plates --region pk --count 10000 --raw 192x80 --difficulty 0.35 --free 0.1 --cut 0.03 --seed 14 training/.work/synth-pk)
# Drawn more for the fifth run: provinces that real plates seldom show, and lettering whose M, W, N and H were taken for each other.
[ -f .work/synth-cn/crops.json ] || (cd .. && npx platekit synth plates --region cn --count 10000 --raw 192x80 --difficulty 0.35 --free 0.1 --cut 0.03 --seed 15 training/.work/synth-cn)
[ -f .work/synth-more/crops.json ] || (cd .. && npx platekit synth plates --region gb,in,fr,us,ie,fi,be,ae,au,ch,pt,jp --count 24000 --raw 192x80 --difficulty 0.3 --free 0.1 --cut 0.03 --seed 16 training/.work/synth-more)
# For the sixth run: Dubai's plates with the code in the corner, Japanese digits as thin as they are, overexposed pictures.
[ -f .work/synth-gulf/crops.json ] || (cd .. && npx platekit synth plates --region ae,jp --count 10000 --raw 192x80 --difficulty 0.45 --free 0.1 --cut 0.03 --seed 17 training/.work/synth-gulf)
