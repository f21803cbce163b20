"""Looking after the ledger itself: is it whole, a copy of it while it is in use, another database for it."""
