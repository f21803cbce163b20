"""Columns that are kept covered where their database was opened with a cover, and in clear where it was not.

What names people passes here on its way into the database and out of it, so that no query and no caller knows of it.
Without a cover the columns are plain ones: the converters that SQLAlchemy calls are those of the plain type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine.interfaces import Dialect
    from sqlalchemy.types import TypeEngine

    Converter = Callable[[Any], Any]

_ATTRIBUTE = "parcours_cover"


class Cover(Protocol):
    """What stands between a store of statements and its database."""

    def seal(self, data: bytes) -> bytes:
        """Return bytes that only `unseal` reads."""

    def unseal(self, data: bytes) -> bytes:
        """Return what was sealed."""

    def blind(self, key: bytes) -> bytes:
        """Return what stands for a filter key, of the same length, always the same."""


def cover(engine: sa.Engine, by: object) -> None:
    """Have a new engine cover its covered columns, before its first query."""
    setattr(engine.dialect, _ATTRIBUTE, by)


def cover_of(dialect: Dialect) -> Any:
    """Return what covers the columns of a database, None where they are in clear."""
    return getattr(dialect, _ATTRIBUTE, None)


class Covered(sa.TypeDecorator[Any]):
    """A column whose values are converted by `inward` and `outward` where there is a cover; NULL stays NULL."""

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = sa.LargeBinary
    cache_ok = True

    def inward(self, by: Any) -> Converter:
        """Return what converts a value into the one that is kept."""
        raise NotImplementedError

    def outward(self, by: Any) -> Converter:
        """Return what converts a kept value back."""
        raise NotImplementedError

    @property
    def python_type(self) -> type[Any]:
        """The type of a value, as the plain column has it."""
        return self.impl_instance.python_type

    def bind_processor(self, dialect: Dialect) -> Converter | None:
        """Convert on the way in, then as the plain type does."""
        plain = self.impl_instance.bind_processor(dialect)
        by = cover_of(dialect)
        return plain if by is None else _both(self.inward(by), plain)

    def result_processor(self, dialect: Dialect, coltype: object) -> Converter | None:
        """Convert as the plain type does, then back."""
        plain = self.impl_instance.result_processor(dialect, coltype)
        by = cover_of(dialect)
        return plain if by is None else _both(plain, self.outward(by))


def _both(first: Converter | None, second: Converter | None) -> Converter:
    def convert(value: Any) -> Any:
        for step in (first, second):
            if step is not None and value is not None:
                value = step(value)
        return value

    return convert


class Sealed(Covered):
    """Bytes that are sealed."""

    cache_ok = True

    def inward(self, by: Cover) -> Converter:
        """Seal."""
        return by.seal

    def outward(self, by: Cover) -> Converter:
        """Unseal."""
        return by.unseal


class SealedText(Covered):
    """A text that is sealed, in hexadecimal."""

    impl = sa.Text
    cache_ok = True

    def inward(self, by: Cover) -> Converter:
        """Seal."""
        return lambda text: by.seal(text.encode()).hex()

    def outward(self, by: Cover) -> Converter:
        """Unseal."""
        return lambda text: by.unseal(bytes.fromhex(text)).decode()


class Blinded(Covered):
    """A filter key, hashed from what people are called: read back, it is what stands for it (`as_kept`)."""

    impl = sa.LargeBinary(16)
    cache_ok = True

    def inward(self, by: Cover) -> Converter:
        """Blind."""
        return by.blind

    def outward(self, by: Cover) -> Converter:  # noqa: ARG002 - nothing turns a hash back
        """Leave as it is."""
        return bytes


def as_kept(connection: sa.Connection, key: bytes) -> bytes:
    """Return a filter key as `Blinded` columns of this database hold it."""
    by: Cover | None = cover_of(connection.dialect)
    return key if by is None else by.blind(key)
