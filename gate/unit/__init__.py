"""The gate process: frames in, decisions recorded, portal released. No network."""
