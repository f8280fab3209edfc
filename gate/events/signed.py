"""What a unit and its hub send each other about the record: a message of a type, by one key.

The form is `gate.signing.message`'s; here its error becomes this room's.
"""

from gate.errors import EventError, TrustError
from gate.signing.keys import SigningKey, VerifyingKey
from gate.signing.message import open_message, sign_message


def sign(typ: str, payload: bytes, key: SigningKey) -> bytes:
    """Return `payload` as a message of type `typ`, signed by `key`."""
    return sign_message(typ, payload, key)


def open_signed(data: bytes, typ: str, key: VerifyingKey) -> bytes:
    """Return the payload of a message of type `typ` that `key` signed.

    How long `data` may be, and what the payload says, are the caller's business.

    Raises:
        EventError: naming the step that failed.
    """
    try:
        _, payload = open_message(data, typ, (key,))
    except TrustError as error:
        raise EventError(str(error)) from error
    return payload
