"""Migrations of the tables of `xapi.schema`, run when the store is opened."""
