"""Shipped fakes that obey the ports, and the demo site built from them."""
