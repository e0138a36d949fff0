"""Mixes the averaged weights of a run with those of the run it went on from.

    python -m plates.mix --earlier .work/fourth.pt --later .work/fifth/checkpoint.pt --share 0.7 --out .work/mixed.pt

A net between the two reads what the later learnt and forgets less of what the earlier knew (Wortsman et al. 2022,
"Robust fine-tuning of zero-shot models").
"""

import argparse
from pathlib import Path

import torch
from torch import Tensor

LAST_NORM = (".second.1.weight", ".second.1.bias")
"""Of a `Residual`: at 0 it changes nothing."""


def mix(earlier: dict[str, Tensor], later: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """`share` 0..1 of the later weights and the rest of the earlier; a residual that only the later net has counts by its share.

    Raises:
        ValueError: the earlier net has layers that the later lacks.
    """
    unknown = sorted(earlier.keys() - later.keys())
    if unknown:
        raise ValueError(f"the later net lacks {', '.join(unknown)}")
    mixed = {}
    for name, value in later.items():
        if not value.is_floating_point():
            mixed[name] = value
        elif name in earlier:
            mixed[name] = earlier[name] * (1 - share) + value * share
        else:
            mixed[name] = value * share if name.endswith(LAST_NORM) else value
    return mixed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--earlier", type=Path, required=True)
    parser.add_argument("--later", type=Path, required=True)
    parser.add_argument("--share", type=float, default=0.7, help="of the later weights, 0..1")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    earlier, later = (torch.load(path, map_location="cpu") for path in (args.earlier, args.later))
    torch.save({"average": mix(earlier["average"], later["average"], args.share), "step": later["step"]}, args.out)


if __name__ == "__main__":
    main()
