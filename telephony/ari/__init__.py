"""Asterisk's remote control (ARI): what it says, what it can be asked, and the one socket for both."""
