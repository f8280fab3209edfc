"""A machine's network that can be told what goes wrong: the fake of gate.enrol.network_service.

It obeys the same errors as NetworkManager does, and remembers what lasts: a power cut (`cut`) takes
away what was only tried.
"""

from gate.errors import EnrolError, Setback
from gate.trust.network import Network


class SimulatedNetwork:
    """What is tried, what is kept, and what `trouble` the next connection meets."""

    def __init__(self, *, trouble: Setback | None = None) -> None:
        self.trouble = trouble
        self.tried: Network | None = None
        self.kept: Network | None = None
        self.connections = 0

    def connect(self, network: Network, deadline_s: float) -> None:
        """Bring a network up, unless it meets trouble."""
        del deadline_s
        self.connections += 1
        if self.trouble is not None:
            raise EnrolError(self.trouble, "as it was told to")
        self.tried = network

    def keep(self, network: Network) -> None:
        """Have a network come up at each start."""
        self.kept, self.tried = network, None

    def forget(self, *, even_kept: bool = False) -> None:
        """Take away what was tried, and what was kept if told."""
        self.tried = None
        if even_kept:
            self.kept = None

    def cut(self) -> None:
        """Have the machine start anew."""
        self.tried = None
