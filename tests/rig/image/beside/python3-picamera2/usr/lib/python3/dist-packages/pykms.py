"""picamera2 imports pykms for its preview on a screen, which a gate never opens."""


class _AnyFormat(type):
    def __getattr__(cls, name):
        return name


class PixelFormat(metaclass=_AnyFormat):
    """Every format's name is its value."""
