"""The web shell: health, readiness, metrics, and the browser's telephone."""
