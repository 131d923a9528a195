"""Calls of before, held again with two versions of the content, and what the difference is worth. Pure."""
