"""Moodle's own completions read back: what no statement says becomes one, what Moodle no longer has is told."""
