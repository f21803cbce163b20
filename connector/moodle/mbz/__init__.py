"""A Moodle backup (`.mbz`) of a publication document: anyone may restore it, on a Moodle without our plugin."""
