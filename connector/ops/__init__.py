"""Running the program: the demo, redaction, locks."""
