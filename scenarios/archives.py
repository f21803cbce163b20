"""What Python's zipfile raises for an archive that is damaged, or made to be: more than its documentation says."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib

UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,  # bz2
    RuntimeError,  # an encrypted entry, and as NotImplementedError an unknown method
    ValueError,  # an offset before the file, a name that is no text
)
