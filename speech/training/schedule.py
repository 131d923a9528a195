"""What is trained when, and how fast: first the head, then the top layers, then all."""

import math

from speech.training.shape import N_LAYERS

HEAD_UNTIL, TOP_UNTIL = 0.09, 0.2
"""Parts of the budget: head alone, head and the top two layers, then all."""
HEAD_RATE, TOP_RATE, LAYER_DECAY = 1.5e-3, 2.5e-4, 0.8
WARM_STEPS = 150
DECODER_RATE, DECODER_WARM_STEPS = 1.0e-3, 200
LEAST = 0.02
"""Of the peak, at the end."""


def trained_depth(part: float) -> int:
    """How deep below the head training reaches at this part of the budget."""
    return 0 if part < HEAD_UNTIL else 2 if part < TOP_UNTIL else N_LAYERS + 1


def fading(part: float) -> float:
    """A cosine from 1 to LEAST over the budget."""
    return LEAST + (1 - LEAST) * 0.5 * (1 + math.cos(math.pi * min(part, 1.0)))


def rate(part: float, depth: int, peak: float, step: int) -> float:
    """Warm-up, then a cosine; parts not yet trained stand still."""
    if depth > trained_depth(part):
        return 0.0
    begins = 0.0 if depth == 0 else HEAD_UNTIL if depth <= 2 else TOP_UNTIL
    return peak * min(1.0, step / WARM_STEPS) * min(1.0, (part - begins) / 0.02 + 0.1) * fading(part)


def decoder_rate(part: float, step: int) -> float:
    """The decoder's, on an encoder that stands still."""
    return DECODER_RATE * min(1.0, step / DECODER_WARM_STEPS) * fading(part)
