"""What `gate enrol` says: on the terminal, as JSON, and in the file that a screen draws."""

import json
from pathlib import Path
from typing import Final

import click

from gate.enrol.attempt import Told
from gate.enrol.steps import Step
from gate.enrol.words import SETBACK_WORDS
from gate.errors import EnrolError
from gate.events.set_up_state import SetUp, SetUpState, encode_set_up
from gate.store.files import write_file
from gate.trust.fingerprint import fingerprint_words

STEPS: Final = {
    Step.CODE: "reading the code",
    Step.NETWORK: "bringing the network up",
    Step.CLOCK: "waiting for the time of day",
    Step.TLS: "looking for the hub",
    Step.JOIN: "joining",
    Step.SYNC: "fetching rules and trust",
    Step.ENTRY: "sending the first entry",
    Step.COMMIT: "putting it in force",
}
DONE: Final = "done: this machine is the unit"
HOLD: Final = "Hold the set-up code to the camera"


class Teller:
    """Says each step where people and a screen look."""

    def __init__(self, *, as_json: bool, file: Path | None) -> None:
        self._as_json = as_json
        self._file = file
        self._said_words = ""

    def wait(self) -> None:
        """Say that a code may be held up."""
        self._write({"waiting": HOLD}, SetUpState(state=SetUp.WAITING, says=HOLD))
        if not self._as_json:
            click.echo(HOLD)

    def tell(self, told: Told) -> None:
        """Say that a step began, or that all is done; a setback is said by `fail`."""
        if told.setback is not None:
            return
        facts: dict[str, object] = {"step": told.step, "done": told.is_done}
        words = "" if told.code is None else fingerprint_words(told.code.key)
        if words:
            facts["words"] = words
        says = DONE if told.is_done else STEPS[told.step]
        state = SetUp.DONE if told.is_done else SetUp.WORKING
        self._write(facts, SetUpState(state=state, says=says, words=words))
        if self._as_json:
            return
        if words and words != self._said_words:
            self._said_words = words
            click.echo(f"the hub's words: {words}")
        click.echo(says)

    def fail(self, error: EnrolError) -> None:
        """Say why not, what to do, and how it beeps."""
        words = SETBACK_WORDS[error.setback]
        facts: dict[str, object] = {
            "setback": error.setback,
            "what": words.what,
            "next": words.step,
            "detail": error.detail,
            "beeps": [words.long, words.short],
        }
        self._write(facts, SetUpState(state=SetUp.FAILED, says=words.what, step=words.step))
        if not self._as_json:
            click.echo(f"gate enrol: {words.what}", err=True)
            click.echo(f"next: {words.step}", err=True)
            if error.detail:
                click.echo(f"detail: {error.detail}", err=True)
            click.echo(f"beeps: {words.long} long, {words.short} short", err=True)

    def broken(self, why: str) -> None:
        """Say that no code can be read, for a part is broken; who stands there sees it."""
        says, step = f"{why:.200}", "See to it, then switch the unit off and on."
        says = "".join(char if char.isprintable() else "?" for char in says)
        self._write({"broken": says}, SetUpState(state=SetUp.BROKEN, says=says, step=step))

    def _write(self, facts: dict[str, object], state: SetUpState) -> None:
        if self._as_json:
            click.echo(json.dumps(facts))
        if self._file is not None:
            try:
                write_file(self._file, encode_set_up(state))
            except OSError as error:
                click.echo(f"{self._file}: can't be written: {error.strerror}", err=True)
