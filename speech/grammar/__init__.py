"""What a caller may say next, as phonemes: compiled, scored and rejected."""
