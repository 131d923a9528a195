"""The network: Whisper tiny's encoder on short windows, and a convolutional phoneme CTC head."""

from __future__ import annotations

import math

from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  torch's own name for it

from speech.engines.log_mel import N_MELS
from speech.grammar.phonemes import PHONEMES
from speech.training.shape import N_HEADS, N_LAYERS, N_POSITIONS, WIDTH

N_OUTPUTS = len(PHONEMES) + 1


class Attention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.k_proj = nn.Linear(WIDTH, WIDTH, bias=False)
        self.v_proj = nn.Linear(WIDTH, WIDTH)
        self.q_proj = nn.Linear(WIDTH, WIDTH)
        self.out_proj = nn.Linear(WIDTH, WIDTH)

    def forward(self, x: Tensor, bias: Tensor | None) -> Tensor:
        batch, time, _ = x.shape

        def heads(y: Tensor) -> Tensor:
            return y.view(batch, time, N_HEADS, WIDTH // N_HEADS).transpose(1, 2)

        q, k, v = heads(self.q_proj(x)), heads(self.k_proj(x)), heads(self.v_proj(x))
        scores = q @ k.transpose(2, 3) / math.sqrt(WIDTH // N_HEADS)
        if bias is not None:
            scores = scores + bias
        mixed = scores.softmax(dim=-1).to(v.dtype) @ v
        joined: Tensor = self.out_proj(mixed.transpose(1, 2).reshape(batch, time, WIDTH))
        return joined


class Layer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.self_attn = Attention()
        self.self_attn_layer_norm = nn.LayerNorm(WIDTH)
        self.fc1 = nn.Linear(WIDTH, 4 * WIDTH)
        self.fc2 = nn.Linear(4 * WIDTH, WIDTH)
        self.final_layer_norm = nn.LayerNorm(WIDTH)

    def forward(self, x: Tensor, bias: Tensor | None) -> Tensor:
        x = x + self.self_attn(self.self_attn_layer_norm(x), bias)
        out: Tensor = x + self.fc2(F.gelu(self.fc1(self.final_layer_norm(x))))
        return out


class Encoder(nn.Module):
    """(batch, 80, frames) features to (batch, frames / 2, 384); module names are Whisper's."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(N_MELS, WIDTH, 3, padding=1)
        self.conv2 = nn.Conv1d(WIDTH, WIDTH, 3, stride=2, padding=1)
        self.embed_positions = nn.Embedding(N_POSITIONS, WIDTH)
        self.layers = nn.ModuleList(Layer() for _ in range(N_LAYERS))
        self.layer_norm = nn.LayerNorm(WIDTH)

    def forward(self, features: Tensor, mask: Tensor | None = None) -> Tensor:
        """`mask` is (batch, frames) float, 1 where there is sound and 0 where the batch is padded."""
        x = F.gelu(self.conv1(features))
        if mask is not None:
            x = x * mask[:, None, :]
        x = F.gelu(self.conv2(x)).transpose(1, 2)
        x = x + self.embed_positions.weight[: x.shape[1]]
        bias = None
        if mask is not None:
            bias = (mask[:, None, None, ::2] - 1.0) * 1e4
        for layer in self.layers:
            x = layer(x, bias)
        normed: Tensor = self.layer_norm(x)
        return normed


class Head(nn.Module):
    """Four convolutions over a quarter of a second, then one score a phoneme."""

    def __init__(self, width: int = 288) -> None:
        super().__init__()
        self.into = nn.Conv1d(WIDTH, width, 5, padding=2)
        self.blocks = nn.ModuleList(nn.Conv1d(width, width, 3, padding=1) for _ in range(3))
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(3))
        self.out = nn.Linear(width, N_OUTPUTS)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """(batch, time, 384) to (batch, time, outputs) of log-probabilities."""
        keep = None if mask is None else mask[:, ::2, None]
        x = x if keep is None else x * keep
        x = F.gelu(self.into(self.dropout(x).transpose(1, 2))).transpose(1, 2)
        for block, norm in zip(self.blocks, self.norms, strict=True):
            y = norm(x)
            y = y if keep is None else y * keep
            x = x + self.dropout(F.gelu(block(y.transpose(1, 2)).transpose(1, 2)))
        return F.log_softmax(self.out(x).float(), dim=-1)


class Recogniser(nn.Module):
    """Encoder and head."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.head = Head()

    def forward(self, features: Tensor, mask: Tensor | None = None) -> Tensor:
        scores: Tensor = self.head(self.encoder(features, mask), mask)
        return scores
