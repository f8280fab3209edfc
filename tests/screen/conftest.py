"""Nothing here opens a window: SDL's driver without a screen is chosen before it is asked."""

import os

os.environ["SDL_VIDEODRIVER"] = "dummy"
os.environ["PYGAME_HIDE_SUPPORT_PROMPT"] = "1"
