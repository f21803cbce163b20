"""Drafts from the assistant de scénarisation (scenarisation-magistere): what it wrote becomes a parcours to complete.

its YAML ─► reading: what it says, in any of its shapes ─► draft: `parcours/1` with what is known, and what is not
"""

from scenarios.assistant.draft import Draft, make_draft
from scenarios.assistant.reading import NotADesignError, read_design

__all__ = ["Draft", "NotADesignError", "make_draft", "read_design"]
