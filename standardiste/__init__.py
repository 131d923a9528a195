"""Standardiste picks up a French mairie's telephone."""
