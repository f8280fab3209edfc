"""Flat things: what lies in one plane before the camera, drawn in millimetres.

A `Layer` is a brightness and a coverage drawn at a known place of the plane; a `Picture` is the
layers that are held up together, back to front, with the plane's origin where the eye rests. Each
layer keeps smaller copies of itself, so that seen from afar it is averaged and not sampled.
"""

from dataclasses import dataclass, replace

from PIL import Image


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layer:
    """One flat thing; `copies` are (luma, cover) pairs from fine to coarse, mode L.

    Attributes:
        px_per_mm: of the finest copy.
        glossy: mirrors a lamp, and is lit a little more on one side than on the other.
        soft: without fine detail, so that every second pixel of it is enough.
        grid_depth: how dark the gaps between the pixels of a screen are, 0 for no screen.
    """

    left_mm: float
    top_mm: float
    width_mm: float
    height_mm: float
    px_per_mm: float
    copies: tuple[tuple[Image.Image, Image.Image], ...]
    glossy: bool = False
    soft: bool = False
    grid_depth: float = 0.0

    def copy_for(self, px_per_mm: float) -> tuple[Image.Image, Image.Image]:
        """Return the coarsest copy that is still as fine as `px_per_mm`."""
        fine_enough = [
            copy for copy in self.copies if copy[0].width >= 0.98 * px_per_mm * self.width_mm
        ]
        return fine_enough[-1] if fine_enough else self.copies[0]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """What one pair of hands holds up; `module_mm` is one module of its (largest) code."""

    layers: tuple[Layer, ...]
    module_mm: float


def make_layer(
    luma: Image.Image,
    cover: Image.Image,
    *,
    left_mm: float,
    top_mm: float,
    px_per_mm: float,
    glossy: bool = False,
    soft: bool = False,
    grid_depth: float = 0.0,
) -> Layer:
    """Return a layer with its copies, each 0.7 of the last, down to a size nobody can see."""
    copies = [(luma, cover)]
    width, height = float(luma.width), float(luma.height)
    while min(width, height) > 24:
        width, height = width * 0.7071, height * 0.7071
        size = (round(width), round(height))
        # From the copy two steps up: an exact average costs less there and looks the same.
        luma, cover = copies[max(len(copies) - 2, 0)]
        copies.append(
            (
                luma.resize(size, Image.Resampling.BOX),
                cover.resize(size, Image.Resampling.BOX),
            )
        )
    return Layer(
        left_mm=left_mm,
        top_mm=top_mm,
        width_mm=copies[0][0].width / px_per_mm,
        height_mm=copies[0][0].height / px_per_mm,
        px_per_mm=px_per_mm,
        copies=tuple(copies),
        glossy=glossy,
        soft=soft,
        grid_depth=grid_depth,
    )


def moved(layer: Layer, by_x_mm: float, by_y_mm: float) -> Layer:
    """Return the layer at another place of the plane, sharing its pixels."""
    return replace(layer, left_mm=layer.left_mm + by_x_mm, top_mm=layer.top_mm + by_y_mm)
