"""The clerks' pages: call-backs, appointments, faults, the dashboard, and signing in."""
