"""The pages of whoever runs the hub, for the top of each."""

from typing import Final

from django.urls import reverse

from gate.hub.alarms.pages import Page, Pages

_PAGES: Final = (
    ("administration", "Sites"),
    ("users", "People who sign in"),
    ("hub-audit", "Record of changes"),
)


def administration_pages(here: str) -> Pages:
    """Return them; `here` is the name of the one shown."""
    every = tuple(
        Page(words=words, address=reverse(name), is_here=name == here) for name, words in _PAGES
    )
    return Pages(every=every, may_call_roll=False)
