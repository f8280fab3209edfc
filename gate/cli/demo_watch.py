"""An eye on the demo's hub while people come: where it is, that it is gone, what it holds."""

import signal
import threading
from typing import Final

import click
from rich.console import Console
from rich.text import Text

from gate.errors import EventError, JournalError, UplinkError
from gate.sim.demo_hub import DemoHub
from gate.sim.hub_holdings import Holdings

_LOOK_S: Final = 1.0


class Watch:
    """Watches the hub and the uplink; unless it is once, Ctrl-C sets `stop` and no more.

    Attributes:
        once: nobody waits for Ctrl-C.
        stop: told to stop.
    """

    def __init__(self, console: Console, hub: DemoHub, *, once: bool) -> None:
        """Say where the hub is and how to sign in."""
        self.once = once
        self.stop = threading.Event()
        self._console = console
        self._hub = hub
        self._told = False
        access = hub.access
        console.print(f"Hub: {access.page}", soft_wrap=True, markup=False)
        console.print(f"Sign in: {access.user}  {access.password}", soft_wrap=True, markup=False)
        if not once:
            signal.signal(signal.SIGINT, lambda *_: self.stop.set())

    def look(self) -> bool:
        """Return whether both still run; say so once if one does not."""
        fault = self._hub.fault()
        if fault is not None and not self._told:
            self._told = True
            self._console.print(Text(fault, style="bold red"), soft_wrap=True)
        return fault is None

    def stay(self, words: str) -> None:
        """Wait for Ctrl-C, or until there is nothing to wait for."""
        if self.once or self.stop.is_set() or not self.look():
            return
        click.echo(words, err=True)
        while not self.stop.wait(_LOOK_S) and self.look():
            continue


def hold(hub: DemoHub) -> Holdings:
    """Bring the hub what is waiting and hold it against the journal; what can't be is a fault."""
    try:
        return hub.complete()
    except (UplinkError, JournalError, EventError) as error:
        fault = f"hub and journal can't be compared: {error}"
        return Holdings(recorded=0, uploaded=0, stored=0, faults=(fault,))
