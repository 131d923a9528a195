"""What tests need beside our own code: a caller with a telephone, and a real Asterisk."""
