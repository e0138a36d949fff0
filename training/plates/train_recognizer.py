"""Trains the recognizer: rendered plates with known positions first, then real crops mixed in. Resumable.

python -m plates.train_recognizer --data ../shared/data --out .work/recognizer --minutes 90
"""

import argparse
import random
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset

from .align import align_once
from .alphabet import EMPTY, IGNORED, text_of
from .checkpoint import load_average
from .crops import (
    LEGIBILITY,
    TUNE_SHARE,
    Crop,
    load_crops,
    load_merged,
    load_rendered,
    load_synth,
    make_sample,
    plain_sample,
)
from .mine import load_mined
from .precision import autocast
from .recognizer import Recognizer
from .run import Run, add_run_options
from .seen import load_seen

WEIGHTS = {
    "mined": 0.25,
    "openlpr-plates": 2,
    "openimages-plates": 2,
    "kaggle-cars433": 2,
    "in-google440": 2,
    "us-seg-crops": 1.5,
    "openalpr-eu-crops": 2,
    "openalpr-eu2-crops": 1.5,
    "world-lprds-crops": 1.5,
    "easypr-cn": 2.5,
    "openlpr-plates-seen": 2,
    "openimages-plates-seen": 2,
    "kaggle-cars433-seen": 2,
    "in-google440-seen": 2,
    "ro-dashcam-seen": 0.2,
    "farhad-crops": 0.4,
    "algeria-crops": 0.6,
}
"""What a set counts beside its size: non-plates are many and soon learnt, photos by phone are few and varied,
of `ro-dashcam` in the scenes' pixels few can be read."""

SYNTH_SHARE = 0.65
"""Share of `platekit synth` among drawn plates; the rest are rough ones, in any face, colour and place."""

MERGED_SHARE = 0.6
"""Share of merged pictures where a net for them is trained."""
MERGED_LOOK_SHARE = 0.65
"""Share of its other plates that look like such."""


class Plates(IterableDataset):
    """Endless batches; the share of real plates and the strength of augmentation grow with the step.

    `elapsed` is the training time in seconds before this run: in the last third of it augmentation is milder, so that
    the net ends on plates as they come.
    """

    def __init__(
        self,
        real: list[Crop],
        rendered: list[Crop],
        synth: list[Crop],
        args: argparse.Namespace,
        start: int,
        elapsed: float = 0,
        merged: Sequence[Crop] = (),
    ):
        self.real, self.rendered, self.synth, self.args, self.start = real, rendered, synth, args, start
        self.merged = merged
        self.mild_from = time.time() - elapsed + args.minutes * 60 * 2 / 3
        # Square root of the set size: large sets don't drown small ones (openalpr-br alone has 2,549 plates).
        sizes: dict[str, int] = {}
        for crop in real:
            sizes[crop.dataset] = sizes.get(crop.dataset, 0) + 1
        self.weights = np.cumsum(
            [
                sizes[crop.dataset] ** -args.balance
                * WEIGHTS.get(crop.dataset, 1)
                * (2 if crop.lines == 2 else 1)
                * crop.emphasis
                for crop in real
            ]
        )

    def __iter__(self):
        worker = torch.utils.data.get_worker_info()
        number, workers = (worker.id, worker.num_workers) if worker else (0, 1)
        for step in range(self.start + number, 10**9, workers):
            rng = random.Random(self.args.seed * 1_000_003 + step)
            progress = min(1.0, step / self.args.warm)
            real_share = 0.0 if step < self.args.warm // 2 else self.args.real_share
            most = self.args.strength if time.time() < self.mild_from else self.args.late_strength
            strength = min(0.3 + 0.7 * progress, most)
            merged_look_share = MERGED_LOOK_SHARE if self.merged else 0
            samples = []
            for _ in range(self.args.batch):
                if self.merged and rng.random() < MERGED_SHARE:
                    crop = rng.choice(self.merged)
                elif rng.random() < real_share:
                    crop = self.real[int(np.searchsorted(self.weights, rng.random() * self.weights[-1]))]
                else:
                    crop = rng.choice(self.synth if self.synth and rng.random() < SYNTH_SHARE else self.rendered)
                samples.append(make_sample(crop, rng, strength, self.real, merged_look_share))
            yield {
                "image": torch.from_numpy(np.stack([s.image for s in samples])),
                "slots": torch.from_numpy(np.stack([s.slots for s in samples])),
                "look": torch.from_numpy(np.stack([s.look for s in samples])),
                "heat": torch.from_numpy(np.stack([s.heat for s in samples])),
                "region": torch.tensor([s.region for s in samples]),
                "lines": torch.tensor([s.lines for s in samples]),
                "legibility": torch.tensor([s.legibility for s in samples]),
            }


def cross_entropy(logits: torch.Tensor, target: torch.Tensor, **options) -> torch.Tensor:
    """Mean cross-entropy over known targets; zero, not NaN, when none is known."""
    if (target != IGNORED).sum() == 0:
        return logits.sum() * 0
    return functional.cross_entropy(logits.float(), target, ignore_index=IGNORED, **options)


def heat_class_weights(net: Recognizer) -> torch.Tensor:
    """Weights of the heat map's classes: most cells are empty, so that class counts little."""
    weights = torch.ones(net.heat.out_channels)
    weights[EMPTY] = 0.05
    return weights


def losses(
    outputs: dict[str, torch.Tensor], batch: dict[str, torch.Tensor], heat_weights: torch.Tensor
) -> dict[str, torch.Tensor]:
    slots = batch["slots"]
    return {
        "characters": cross_entropy(outputs["characters"].flatten(0, 1), slots.flatten(), label_smoothing=0.02),
        "look": 0.5 * cross_entropy(outputs["look"].flatten(0, 1), batch["look"].flatten()),
        "heat": 0.5 * cross_entropy(outputs["heat"], batch["heat"], weight=heat_weights),
        "region": 0.1 * cross_entropy(outputs["region"], batch["region"]),
        "lines": 0.05 * cross_entropy(outputs["lines"], batch["lines"]),
        "legibility": 0.1 * cross_entropy(outputs["legibility"], batch["legibility"]),
    }


@torch.no_grad()
def evaluate(model: Recognizer, crops: list[Crop]) -> dict[str, float]:
    """Share of wholly right texts, over all and by set."""
    model.eval()
    right: dict[str, list[bool]] = {}
    for start in range(0, len(crops), 64):
        part = crops[start : start + 64]
        images = torch.from_numpy(np.stack([plain_sample(crop) for crop in part])).permute(0, 3, 1, 2)
        images = images.float().contiguous(memory_format=torch.channels_last)
        with autocast():
            classes = model(images)["characters"].argmax(-1).tolist()
        for crop, slot_classes in zip(part, classes, strict=True):
            for name in (crop.dataset, "all"):
                right.setdefault(name, []).append(text_of(slot_classes) == crop.text)
    model.train()
    return {name: sum(flags) / len(flags) for name, flags in sorted(right.items())}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_run_options(parser)
    parser.add_argument(
        "--warm", type=int, default=800, help="steps until full augmentation; real crops from half of it"
    )
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--real-share", type=float, default=0.6)
    parser.add_argument("--balance", type=float, default=0.35, help="0 = sets by size, 1 = all sets alike")
    parser.add_argument("--strength", type=float, default=0.6, help="augmentation at full training, 0..1")
    parser.add_argument("--late-strength", type=float, default=0.35, help="the same in the last third of the time")
    parser.add_argument("--rendered", type=int, default=40000)
    parser.add_argument(
        "--synth",
        type=Path,
        nargs="*",
        default=[],
        help="folders of `platekit synth plates --raw`: most drawn plates come from them",
    )
    parser.add_argument(
        "--merged",
        type=Path,
        nargs="*",
        default=[],
        help="folders of `platekit synth merged --raw`: a net that reads the means of several frames is trained, mostly on them",
    )
    parser.add_argument("--mined", type=Path, help="non-plates of `plates.mine`")
    parser.add_argument("--seen", type=Path, help="plates of scenes by `plates.seen`")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--skip", default="", help="sets left out, comma-separated")
    parser.add_argument(
        "--aligner",
        type=Path,
        help="net that tells where the characters of real plates stand, and which are hard; default: the one of --weights",
    )
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)

    model = Recognizer().to(memory_format=torch.channels_last)
    run = Run(model, args, average_decay=0.9985, warm_up=200, clip=1.0)
    skip = tuple(args.skip.split(",")) if args.skip else ()
    real = load_crops(args.data, "train", tune=False, skip=skip)
    tune = [crop for crop in load_crops(args.data, "train", tune=True, skip=skip) if crop.text and "?" not in crop.text]
    rendered = load_rendered(
        args.out / f"rendered-{args.rendered}-{args.seed}.pickle", args.fonts, args.rendered, args.seed
    )
    synth = [crop for folder in args.synth for crop in load_synth(folder)]
    merged = [crop for folder in args.merged for crop in load_merged(folder)]
    tune += [crop for crop in merged[::TUNE_SHARE] if crop.text and crop.legibility == LEGIBILITY["full"]]
    del merged[::TUNE_SHARE]
    if args.seen:
        real += [crop for crop in load_seen(args.seen) if crop.dataset.removesuffix("-seen") not in skip]
    if args.mined:
        real += load_mined(args.mined)
    if args.aligner or args.weights:
        aligner = Recognizer().to(memory_format=torch.channels_last)
        load_average(aligner, args.aligner or args.weights)
        real = align_once(aligner, real, args.out / "centres.pickle")
    run.log(
        real=len(real),
        aligned=sum(crop.centres is not None for crop in real),
        tune=len(tune),
        rendered=len(rendered),
        args={k: str(v) for k, v in vars(args).items()},
    )

    heat_weights = heat_class_weights(model)
    plates = Plates(real, rendered, synth, args, run.step, run.elapsed, merged)
    for batch in DataLoader(plates, batch_size=None, num_workers=args.workers, prefetch_factor=4):
        with autocast():
            outputs = model(batch["image"].permute(0, 3, 1, 2).float())
        run.learn(losses(outputs, batch, heat_weights))
        if run.is_due(300):
            run.save()
            run.log(tune={name: round(share, 4) for name, share in evaluate(run.average.module, tune).items()})
        if run.is_done:
            break


if __name__ == "__main__":
    main()
