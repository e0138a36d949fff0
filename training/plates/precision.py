"""Which numbers to multiply in: bfloat16 where the processor has instructions for it, float32 elsewhere."""

import torch


def has_fast_bfloat16() -> bool:
    """Without AMX or AVX-512 BF16 the same step takes ten times as long in bfloat16 as in float32 (LOG.md)."""
    return torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()


def autocast() -> torch.autocast:
    """The context that a net's forward pass runs in."""
    return torch.autocast("cpu", torch.bfloat16, enabled=has_fast_bfloat16())
