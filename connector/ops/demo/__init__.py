"""The demonstration: real commands on the embedded default, and simulated teachers who live two sessions."""
