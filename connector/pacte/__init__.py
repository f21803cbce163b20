"""The pacte's register: missions beside the obligation, never one minute of which enters the 18 hours."""
