"""The ledger: people, sessions and evidence, and what is derived from them."""
