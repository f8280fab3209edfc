"""Support bundles: asked of units, taken from them, handed to whoever helps."""
