"""GAIA's nightly export: what it offers, who trains, who is enrolled.

folder ─► files: rows and rejects ─► store: the ledger's copy, replaced whole ─► enrolment: a session's list
"""
