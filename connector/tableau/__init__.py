"""`parcours tableau`: the pages of an intranet, for those who will not install Python.

    request ─► app (headers, rates) ─► visitor (who, in which scope) ─► a page: reports' questions, or an act ─► journal

Nothing is decided here: pages ask what `parcours rapport` asks and do what the commands do, in the visitor's scope.
"""
