"""Publishing with Moodle's core services only: a course restored by hand (mode M), or copied from a model (mode S)."""
