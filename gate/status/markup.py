"""HTML made of values: text is always escaped, and what is markup says so by its type. Pure."""

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

_TEXT: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_QUOTED: Final = _TEXT | str.maketrans({'"': "&quot;", "'": "&#x27;"})

_EMPTY: Final = frozenset({"input", "link", "meta", "br"})


class Html(str):
    """Text that is markup already: made by `tag` and `join`, and by nothing else."""

    __slots__ = ()


Content: TypeAlias = "Html | str | Iterable[Content]"
"""What stands in an element; a `str` that is no Html is text."""


def tag(name: str, /, *content: Content, **attributes: str | bool | None) -> Html:
    """Return an element.

    Attributes that are None or False are left out, and True stands alone. A trailing underline in
    a name is dropped, for `class_`; others stand for hyphens.
    """
    written = "".join(
        f" {_name(key)}" if value is True else f' {_name(key)}="{value.translate(_QUOTED)}"'
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in _EMPTY:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{join(*content)}</{name}>")


def join(*content: Content) -> Html:
    """Return markup for what follows one another."""
    return Html("".join(parts(content)))


def parts(content: Iterable[Content]) -> Iterator[str]:
    """Yield markup piece by piece."""
    for one in content:
        if isinstance(one, Html):
            yield one
        elif isinstance(one, str):
            yield one.translate(_TEXT)
        else:
            yield from parts(one)


def _name(key: str) -> str:
    return key.removesuffix("_").replace("_", "-")
