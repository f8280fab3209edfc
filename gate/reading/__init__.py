"""Frames in, texts with their corners and figures out: reads QR codes that other readers miss.

The way through the room, each step a file: `finders` (with `runs` and `triples`) locate, `place`
and `fit` (with `align`, `patterns`, `template`, `warp`) fit, `equalise` rectifies and equalises,
`learn` with `formats`, `codewords` and `reed_solomon` decodes with erasures, `confirm` asks
zxing-cpp; `track` and `follower` gather frames, `habit` learns where codes appear. No text is
returned that Reed-Solomon and zxing-cpp do not both confirm. No camera, clock, card, file, chance.
"""

from gate.reading.follower import Follower
from gate.reading.model import Code
from gate.reading.reader import read_frame

__all__ = ["Code", "Follower", "read_frame"]
