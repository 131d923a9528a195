"""The admins' pages: everything that callers hear, changed in a draft, tried, published, taken back."""
