"""A screen at the gate: draws what the gate process says it shows. It decides nothing."""
