"""From phrases to the classifier's arrays. Needs scipy; only `standardiste train` and tests come here."""
