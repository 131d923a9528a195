"""The attention decoder: Whisper's shape, two layers, on the encoder of the phoneme recogniser."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  torch's own name for it

from speech.training.shape import N_DECODER_LAYERS, N_HEADS, N_PIECE_POSITIONS, WIDTH


class Attention(nn.Module):
    """Of queries to memory; named as Whisper names it."""

    def __init__(self) -> None:
        super().__init__()
        self.k_proj = nn.Linear(WIDTH, WIDTH, bias=False)
        self.v_proj = nn.Linear(WIDTH, WIDTH)
        self.q_proj = nn.Linear(WIDTH, WIDTH)
        self.out_proj = nn.Linear(WIDTH, WIDTH)

    def forward(self, x: Tensor, memory: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
        """What was looked at, mixed, and where: (batch, heads, queries, memory), each query's sum 1.

        `bias` is added to the scores: large and negative where nothing may be looked at.
        """
        batch, time, _ = x.shape

        def heads(y: Tensor) -> Tensor:
            return y.view(batch, -1, N_HEADS, WIDTH // N_HEADS).transpose(1, 2)

        q, k, v = heads(self.q_proj(x)), heads(self.k_proj(memory)), heads(self.v_proj(memory))
        scores = q @ k.transpose(2, 3) / math.sqrt(WIDTH // N_HEADS) + bias
        looks = scores.softmax(dim=-1)
        mixed = looks.to(v.dtype) @ v
        return self.out_proj(mixed.transpose(1, 2).reshape(batch, time, WIDTH)), looks


class Layer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.self_attn = Attention()
        self.self_attn_layer_norm = nn.LayerNorm(WIDTH)
        self.encoder_attn = Attention()
        self.encoder_attn_layer_norm = nn.LayerNorm(WIDTH)
        self.fc1 = nn.Linear(WIDTH, 4 * WIDTH)
        self.fc2 = nn.Linear(4 * WIDTH, WIDTH)
        self.final_layer_norm = nn.LayerNorm(WIDTH)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x: Tensor, heard: Tensor, before: Tensor, sounding: Tensor) -> tuple[Tensor, Tensor]:
        y = self.self_attn_layer_norm(x)
        x = x + self.dropout(self.self_attn(y, y, before)[0])
        found, looks = self.encoder_attn(self.encoder_attn_layer_norm(x), heard, sounding)
        x = x + self.dropout(found)
        return x + self.dropout(self.fc2(F.gelu(self.fc1(self.final_layer_norm(x))))), looks


class Decoder(nn.Module):
    """(batch, pieces) of numbers and (batch, frames, 384) from the encoder to a score a piece."""

    def __init__(self, n_pieces: int) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(n_pieces, WIDTH)
        self.embed_positions = nn.Embedding(N_PIECE_POSITIONS, WIDTH)
        self.layers = nn.ModuleList(Layer() for _ in range(N_DECODER_LAYERS))
        self.layer_norm = nn.LayerNorm(WIDTH)
        self.dropout = nn.Dropout(0.1)
        for embedding in (self.embed_tokens, self.embed_positions):
            nn.init.normal_(embedding.weight, std=0.02)

    def forward(self, written: Tensor, heard: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Scores (batch, pieces, n_pieces), and where was looked (batch, pieces, frames), each piece's sum 1.

        `mask` is (batch, frames), 1 where there is sound.
        """
        time = written.shape[1]
        before = torch.full((time, time), -1e4, device=heard.device).triu(1)
        sounding = (mask[:, None, None, :] - 1.0) * 1e4
        x = self.dropout(self.embed_tokens(written) + self.embed_positions.weight[:time])
        everywhere = []
        for layer in self.layers:
            x, looks = layer(x, heard, before, sounding)
            everywhere.append(looks.float().mean(dim=1))
        scores = F.linear(self.layer_norm(x), self.embed_tokens.weight)
        return scores, torch.stack(everywhere).mean(dim=0)
