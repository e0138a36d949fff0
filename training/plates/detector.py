"""The detector: an anchor-free net on strides 8, 16 and 32 that gives box, four corners, line count and score a cell.

The blocks follow the cross-stage-partial idea (Wang et al. 2020) and the head FCOS (Tian et al. 2019); written from the
papers. Channels of the output: score logit; distances left, top, right, bottom (in strides); x and y offsets of four
corners, clockwise from top left (in strides); logit of "two lines".
"""

import torch
from torch import Tensor, nn

from .recognizer import ConvNorm

STRIDES = (8, 16, 32)
OUTPUTS = 14
LONG_SIDE = 480


class Partial(nn.Module):
    """Half of the channels pass through `depth` residual pairs of 3x3 convolutions; all stages are joined by 1x1."""

    def __init__(self, channels_in: int, channels: int, depth: int):
        super().__init__()
        half = channels // 2
        self.split = ConvNorm(channels_in, channels, 1)
        self.pairs = nn.ModuleList(nn.Sequential(ConvNorm(half, half), ConvNorm(half, half)) for _ in range(depth))
        self.join = ConvNorm(half * (2 + depth), channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        stages = list(self.split(x).chunk(2, 1))
        for pair in self.pairs:
            stages.append(stages[-1] + pair(stages[-1]))
        return self.join(torch.cat(stages, 1))


class Detector(nn.Module):
    def __init__(self, neck: int = 64):
        super().__init__()
        self.to_8 = nn.Sequential(
            ConvNorm(3, 16, 3, 2), ConvNorm(16, 32, 3, 2), ConvNorm(32, 64, 3, 2), Partial(64, 64, 2)
        )
        self.to_16 = nn.Sequential(ConvNorm(64, 128, 3, 2), Partial(128, 128, 2))
        self.to_32 = nn.Sequential(ConvNorm(128, 192, 3, 2), Partial(192, 192, 1))
        self.pool = nn.MaxPool2d(5, 1, 2)  # three widths of context at the coarsest level (He et al. 2014)
        self.context = ConvNorm(192 * 3, neck, 1)
        self.up = nn.Upsample(scale_factor=2.0, mode="nearest")
        self.merge_16 = Partial(128 + neck, neck, 1)
        self.merge_8 = Partial(64 + neck, neck, 1)
        self.down_16 = ConvNorm(neck, neck, 3, 2)
        self.join_16 = Partial(2 * neck, neck, 1)
        self.down_32 = ConvNorm(neck, neck, 3, 2)
        self.join_32 = Partial(2 * neck, neck, 1)
        self.heads = nn.ModuleList(nn.Sequential(ConvNorm(neck, neck), nn.Conv2d(neck, OUTPUTS, 1)) for _ in STRIDES)
        for head in self.heads:
            nn.init.zeros_(head[1].bias)
            head[1].bias.data[0] = -5.0  # one cell in 150 holds a plate (Lin et al. 2017, focal loss, section 4.1)

    def forward(self, image: Tensor) -> Tensor:
        """image: (batch, 3, height, width), values 0..255 of RGB, sides multiples of 32. Returns (batch, 14, cells)."""
        at_8 = self.to_8(image * (1 / 127.5) - 1)
        at_16 = self.to_16(at_8)
        at_32 = self.to_32(at_16)
        wider = self.pool(at_32)
        context = self.context(torch.cat([at_32, wider, self.pool(wider)], 1))
        mid = self.merge_16(torch.cat([at_16, self.up(context)], 1))
        fine = self.merge_8(torch.cat([at_8, self.up(mid)], 1))
        mid = self.join_16(torch.cat([mid, self.down_16(fine)], 1))
        coarse = self.join_32(torch.cat([context, self.down_32(mid)], 1))
        levels = [head(level).flatten(2) for head, level in zip(self.heads, (fine, mid, coarse), strict=True)]
        raw = torch.cat(levels, 2)
        score, distances, rest = raw.split([1, 4, 9], 1)
        return torch.cat([score, distances.clamp(max=4.5).exp(), rest], 1)


def cell_centres(height: int, width: int) -> tuple[Tensor, Tensor]:
    """Centres (cells, 2) in input pixels and strides (cells,), in the order of the output."""
    centres, strides = [], []
    for stride in STRIDES:
        rows, columns = height // stride, width // stride
        y, x = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
        centres.append(torch.stack([x, y], -1).reshape(-1, 2).float().add(0.5).mul(stride))
        strides.append(torch.full((rows * columns,), float(stride)))
    return torch.cat(centres), torch.cat(strides)
