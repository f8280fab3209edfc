"""A machine whose network somebody else has set up: nothing is brought up, and nothing kept."""

from gate.trust.network import Network


class NetworkLeftAlone:
    """For machines without NetworkManager; see gate.enrol.network_service."""

    def connect(self, network: Network, deadline_s: float) -> None:
        """Take it for up; whether the hub is reached, the next steps tell."""

    def keep(self, network: Network) -> None:
        """Leave it as it is."""

    def forget(self, *, even_kept: bool = False) -> None:
        """Leave it as it is."""
