#!/usr/bin/env bash
# Sets up what training needs, once: Python packages in .venv, fonts in .work/fonts. Run from training/.
set -euo pipefail
[ -x .venv/bin/python ] || python3 -m venv .venv
.venv/bin/pip install --quiet -r requirements.txt
# Rendered plates of the bootstrap stage: open fonts (OFL or Apache-2.0) from npm, Noto for Chinese and Arabic from Debian.
npm install --no-save --no-audit --no-fund --prefix .work/fonts $(sed 's/^/@fontsource\//' runs/fonts.txt)
fc-list | grep -q NotoSansCJK || echo "apt-get install fonts-noto-cjk fonts-noto-core"
[ -f /usr/share/dict/words ] || echo "apt-get install wamerican" # what vanity plates say
