"""The embedded LRS: the statements resource of xAPI 1.0.3 over `xapi.store`, as an ASGI application."""
