"""The recognizer: a plate of 64x160 pixels to twelve characters, region, lines and legibility.

Convolutions reduce the plate to 4x20 tokens and look once more around each, a small transformer lets every token know its place in the text, and twelve
learned queries each look at one character. The attention maps are returned so that training can say where to look.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from .alphabet import ALPHABET, REGIONS, SLOTS

HEIGHT, WIDTH = 64, 160
GRID_HEIGHT, GRID_WIDTH = 4, 20
TOKENS = GRID_HEIGHT * GRID_WIDTH
HEAT_HEIGHT, HEAT_WIDTH = 8, 40
CLASSES = 1 + len(ALPHABET)


class ConvNorm(nn.Sequential):
    """Convolution, batch norm, ReLU; the norm folds into the convolution on export."""

    def __init__(self, channels_in: int, channels_out: int, kernel: int = 3, stride: int | tuple[int, int] = 1):
        super().__init__(
            nn.Conv2d(channels_in, channels_out, kernel, stride, kernel // 2, bias=False),
            nn.BatchNorm2d(channels_out),
            nn.ReLU(inplace=True),
        )


class Residual(nn.Module):
    """Two 3x3 convolutions around a skip connection (He et al. 2016); at first it hands on what it gets (Goyal et al. 2017)."""

    def __init__(self, channels: int):
        super().__init__()
        self.first = ConvNorm(channels, channels)
        self.second = nn.Sequential(nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels))
        nn.init.zeros_(self.second[1].weight)

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(x + self.second(self.first(x)))


class Attention(nn.Module):
    """Multi-head attention of queries over tokens (Vaswani et al. 2017); returns the scores too.

    Queries (batch x `queries`, width) or (`queries`, width) and tokens (batch x `tokens`, width) stand in rows: so a
    linear layer is one Gemm with its bias, and only the batch varies in the exported graph.
    """

    def __init__(self, width: int, heads: int, queries: int, tokens: int):
        super().__init__()
        self.heads, self.queries, self.tokens = heads, queries, tokens
        self.query, self.key = nn.Linear(width, width), nn.Linear(width, width)
        self.value, self.out = nn.Linear(width, width), nn.Linear(width, width)

    def forward(self, queries: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
        width = self.out.out_features

        def split(x: Tensor, length: int) -> Tensor:
            return x.reshape(-1, length, self.heads, width // self.heads).transpose(1, 2)

        q = split(self.query(queries), self.queries)
        k, v = split(self.key(tokens), self.tokens), split(self.value(tokens), self.tokens)
        scores = q @ k.transpose(2, 3) * (width // self.heads) ** -0.5  # (batch, heads, queries, tokens)
        weights = scores.softmax(-1)
        return self.out((weights @ v).transpose(1, 2).reshape(-1, width)), scores


class Block(nn.Module):
    """Pre-norm transformer layer over its own tokens, in rows as for `Attention`."""

    def __init__(self, width: int, heads: int, tokens: int):
        super().__init__()
        self.norm_attention, self.norm_mlp = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(width, heads, tokens, tokens)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.ReLU(inplace=True), nn.Linear(2 * width, width))

    def forward(self, x: Tensor) -> Tensor:
        normed = self.norm_attention(x)
        x = x + self.attention(normed, normed)[0]
        return x + self.mlp(self.norm_mlp(x))


class Recognizer(nn.Module):
    def __init__(self, width: int = 128, layers: int = 2, heads: int = 4):
        super().__init__()
        self.stem = nn.Sequential(
            ConvNorm(3, 24, 3, 2),  # 32x80
            ConvNorm(24, 48, 3, 2),  # 16x40
            ConvNorm(48, 80, 3, (2, 1)),  # 8x40
            Residual(80),
        )
        self.heat = nn.Conv2d(80, CLASSES, 1)  # training only: which character is centred at each cell
        self.reduce = ConvNorm(80, width, 3, 2)  # 4x20
        self.around = Residual(width)
        self.position = nn.Parameter(torch.randn(1, TOKENS, width) * 0.02)
        self.blocks = nn.ModuleList(Block(width, heads, TOKENS) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.queries = nn.Parameter(torch.randn(1, SLOTS, width) * 0.02)
        self.look = Attention(width, 1, SLOTS, TOKENS)  # one head: a slot looks at one place
        self.refine = Block(width, heads, SLOTS)  # slots see each other: formats are learnt here
        self.slot_norm = nn.LayerNorm(width)
        self.characters = nn.Linear(width, CLASSES)
        self.plate = nn.Linear(2 * width, len(REGIONS) + 2 + 3)

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """image: (batch, 3, 64, 160), values 0..255 of RGB."""
        heat_features = self.stem(image * (1 / 127.5) - 1)
        tokens = self.around(self.reduce(heat_features)).flatten(2).transpose(1, 2) + self.position
        width = self.characters.in_features
        tokens = tokens.reshape(-1, width)
        for block in self.blocks:
            tokens = block(tokens)
        tokens = self.norm(tokens)
        slots, look = self.look(self.queries[0], tokens)
        slots = self.slot_norm(self.refine(slots))
        of_plate = [tokens.reshape(-1, TOKENS, width).mean(1), slots.reshape(-1, SLOTS, width).mean(1)]
        plate = self.plate(torch.cat(of_plate, 1))
        region, lines, legibility = plate.split([len(REGIONS), 2, 3], 1)
        outputs = {
            "characters": self.characters(slots).reshape(-1, SLOTS, CLASSES),  # (batch, slots, classes)
            "region": region,
            "lines": lines,
            "legibility": legibility,
        }
        if self.training:
            outputs["heat"] = self.heat(heat_features)  # (batch, classes, 8, 40)
            outputs["look"] = look[:, 0]  # (batch, slots, 80) logits over cells
        return outputs
