"""What was done, in words; in the order in which they can be chosen."""

from typing import Final

from gate.hub.audit.notes import Act

WORDS: Final = {
    Act.SAW: "looked at the page of",
    Act.FOUND: "listed",
    Act.SAW_PHOTO: "looked at the photograph of",
    Act.DREW_PASS: "opened the pass of",
    Act.PRINTED: "printed the passes of",
    Act.IMPORTED: "imported",
    Act.ADDED: "added",
    Act.CHANGED: "changed",
    Act.INDUCTED: "recorded the induction of",
    Act.ISSUED: "issued a pass to",
    Act.REISSUED: "replaced the lost pass of",
    Act.BLOCKED: "blocked",
    Act.UNBLOCKED: "unblocked",
    Act.UNDID: "undid a block or its end for",
    Act.NOTED: "wrote a note on",
    Act.SIGNED_IN: "signed in as a visitor",
    Act.LEFT: "signed out the visitor",
    Act.ERASED: "erased",
    Act.JOINED: "let a unit join:",
    Act.EXPORTED: "took out of the log, as a file, the entries of",
    Act.CORRECTED: "corrected an entry of",
    Act.FORGAVE: "took the forgotten exit for made of",
    Act.RELEASED: "let in at a gate, from the gatehouse,",
    Act.CHECKED: "checked, by a phone's camera, the card of",
    Act.TOOK_BOOK: "took onto a device, to check cards there, names and faces of",
    Act.IDENTIFIED: "had a gate blink and beep:",
    Act.ASKED_SUPPORT: "asked a gate for a support bundle:",
    Act.TOOK_SUPPORT: "took the support bundle of the gate",
    Act.CHANGED_AREAS: "changed areas or access points:",
    Act.CHANGED_RETENTION: "changed for how long it is kept:",
    Act.HUB_SIGN_IN: "signed in:",
    Act.FAILED_SIGN_IN: "failed to sign in as",
    Act.CHOSE_PASSWORD: "chose another password for",
    Act.CHANGED_CODES: "changed the codes of",
    Act.ADDED_SITE: "added the site",
    Act.CHANGED_SITE: "changed the site",
    Act.RENAMED_ORGANISATION: "renamed the organisation",
    Act.ADDED_USER: "added the account of",
    Act.CHANGED_USER: "changed the account of",
    Act.GAVE_ROLE: "gave another role to",
    Act.MADE_LINK: "made a link to choose a password for",
    Act.FORGOT_CODE: "let in without a code",
    Act.ASKED_CODES: "set of whom a code is asked:",
    Act.OTHER: "changed something at",
}


def people_words(count: int) -> str:
    """Say how many."""
    return "1 person" if count == 1 else f"{count:,} people"
