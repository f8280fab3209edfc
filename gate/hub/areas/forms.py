"""What a manager writes of areas and access points; each fault in words by its field."""

from typing import Any

from django import forms

from gate.access.model import Direction
from gate.hub.areas.models import MAX_AREA_CHARS, Area
from gate.hub.sites.models import Site

_WAYS = ((Direction.IN.value, "in"), (Direction.OUT.value, "out"))


class AreaForm(forms.Form):
    """What an area is called."""

    name = forms.CharField(
        label="Area, as rules and gates spell it, such as tower", max_length=MAX_AREA_CHARS
    )


class PointForm(forms.Form):
    """Where an access point leads."""

    point = forms.CharField(
        label="Access point, as the unit names it, such as Roof in", max_length=MAX_AREA_CHARS
    )
    direction = forms.ChoiceField(label="It leads", choices=_WAYS)
    area = forms.ModelChoiceField(Area.objects.none(), label="Area", empty_label=None)

    def __init__(self, site: Site, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's signature
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = Area.objects.filter(site=site)  # type: ignore[attr-defined]  # a ModelChoiceField
