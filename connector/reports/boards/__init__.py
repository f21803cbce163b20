"""Dashboards: sums over sessions, schools and circonscriptions, drawn alike whatever they are about."""
