"""The embedded LRS: every resource of xAPI 1.0.3 over `xapi.store`, as an ASGI application; 2.0 clients may use it."""
