"""Whole calls with their expected outcomes: what the town hall's line must do, whoever wrote the dialogue."""
