"""Diagnosing an installation: facts are gathered, then judged.

`gather` asks the sites, the LRS, the disk; it reads only. `judge` turns what came back into findings and asks nothing.
`rights` says what an administrator must grant; `wording` shows both.
"""
