"""The attendance activity of mod_attendance, where a site has it: one session for each slot."""
