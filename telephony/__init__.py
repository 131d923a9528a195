"""Calls and their life: Asterisk, the browser, rehearsals, and the way a voice takes through them."""
