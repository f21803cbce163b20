"""Sign-in sheets and attestations: who is on them, what was written on them, and the statements that they become."""
