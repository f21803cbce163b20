"""One table model, many renderings."""
