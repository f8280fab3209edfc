"""Photographs of people: bounded, made anew, stripped of all that the file carried beside."""

from gate.hub.people.models import Person, Photo


def portrait(photo: bytes) -> bytes:
    """Return a photograph as the portrait that is kept and printed.

    Raises:
        ConfigError: it is no picture, or too small or too large; each fault begins with a verb.
    """
    from gate.paper.photo import portrait_jpeg  # noqa: PLC0415 - large: for who brings a picture

    return portrait_jpeg(photo)


def photo_of(person: Person) -> bytes | None:
    """Return somebody's portrait; None if there is none."""
    found = Photo.objects.filter(person=person).first()
    return None if found is None else bytes(found.jpeg)


def keep_photo(person: Person, jpeg: bytes) -> None:
    """Keep a portrait as somebody's, in place of the one before."""
    Photo.objects.update_or_create(person=person, defaults={"jpeg": jpeg})
