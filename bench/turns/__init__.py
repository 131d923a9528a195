"""The recordings that `bench turn` plays: who says what, with which pauses, and where their voice ends."""
