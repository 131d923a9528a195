"""The sizes of the networks: Whisper tiny's width, a window of 8 s, a decoder of two layers."""

WIDTH, N_HEADS = 384, 6
N_LAYERS, N_POSITIONS = 4, 400
"""Of the encoder; a position is 20 ms."""
N_DECODER_LAYERS, N_PIECE_POSITIONS = 2, 128
"""A hundred and twenty-eight pieces of words hold more than anybody says in 8 s."""
