"""The machine's network, as far as setting up a unit needs it: tried first, kept or taken away.

`connect` makes a connection that is gone by itself when the machine starts anew; `keep` makes it
last; `forget` takes it away at once, and what was kept when a unit leaves. So a power cut before
the commit leaves the network as it was. Both implementations (gate.enrol.nmcli, gate.sim.network)
pass one conformance suite.
"""

from typing import Protocol

from gate.trust.network import Network


class NetworkService(Protocol):
    """What brings the machine's network up."""

    def connect(self, network: Network, deadline_s: float) -> None:
        """Bring `network` up by `deadline_s` on the steady line, with an address.

        Raises:
            EnrolError: NO_CABLE, WIFI_MISSING, WIFI_PASSWORD, NO_MODEM, NO_ADDRESS, NO_NETWORK or
                OUT_OF_TIME; what there was before is up again.
        """
        ...

    def keep(self, network: Network) -> None:
        """Have `network` come up at each start, whether `connect` was called before or not.

        Raises:
            EnrolError: NO_NETWORK, if it can't be kept.
        """
        ...

    def forget(self, *, even_kept: bool = False) -> None:
        """Take away what `connect` made, if it did; what `keep` made stays unless told."""
        ...
