"""How a unit is, part by part, in plain words with the next step: `gate doctor`."""
