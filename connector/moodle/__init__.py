"""Everything that knows how Moodle speaks."""
