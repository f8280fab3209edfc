"""Notes on a person: what somebody wrote, with their name; gone with the person."""

from datetime import datetime
from typing import Final

from gate.errors import ConfigError
from gate.hub.manifest.authors import Author
from gate.hub.people.models import MAX_NOTE_CHARS, Note, Person


def write_note(person: Person, text: str, *, by: Author, now: datetime) -> Note:
    """Keep a note.

    Raises:
        ConfigError: it is empty, too long, or holds what can't be shown.
    """
    tidy = " ".join(text.split())
    if not 1 <= len(tidy) <= MAX_NOTE_CHARS or not tidy.isprintable():
        raise ConfigError("note", [f"text: {tidy[:40]!r}; allowed: {_ALLOWED}"])
    return Note.objects.create(person=person, at=now, by=by.user, by_name=by.name, text=tidy)


_ALLOWED: Final = f"1 to {MAX_NOTE_CHARS} printable characters"
