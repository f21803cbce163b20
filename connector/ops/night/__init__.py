"""The nightly run: collect, reconcile, report, tell.

`run` holds the steps together and knows none of them; `steps` are the steps; `summary`, `metrics` and `mail` are what
is made of the outcome. A night that stops anywhere is simply run again: every step starts from what the ledger holds.
"""
