"""The hardware: cameras, decoders, relay, lights, sounder, clock, supervisor."""
