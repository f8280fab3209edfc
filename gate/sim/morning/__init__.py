"""A morning at a site of several gates, on its real parts: see `gate.sim.morning.day`."""
