"""Who did something that is written down."""

from dataclasses import dataclass

from django.contrib.auth.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Somebody by the name that the record keeps; `user` is None at the hub's own console."""

    name: str
    user: User | None = None


def author_of(user: User) -> Author:
    """Return somebody who is signed in."""
    return Author(name=user.get_full_name() or user.get_username(), user=user)
