"""Day one: stock Raspberry Pi OS becomes a unit, by its own Python and nothing else."""
