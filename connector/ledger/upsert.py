"""`ON CONFLICT` for the ledger: the one of `xapi.upsert`."""

from xapi.upsert import insert_new, insert_unless_there, upsert

__all__ = ["insert_new", "insert_unless_there", "upsert"]
