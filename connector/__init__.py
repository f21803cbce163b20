"""The connector between trainers, a Moodle site, an LRS and the 18-hour obligation."""

__version__ = "0.1.0"
