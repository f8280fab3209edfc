"""Of what somebody wants to be told; nothing is an answer too."""

from collections.abc import Iterable
from typing import Any

from django import forms

from gate.hub.mails.models import Topic


class WishForm(forms.Form):
    """Some of what they may be told of."""

    topic = forms.MultipleChoiceField(required=False)

    def __init__(self, topics: Iterable[Topic], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's signature
        super().__init__(*args, **kwargs)
        choices = [(topic.value, topic.label) for topic in topics]
        self.fields["topic"].choices = choices  # type: ignore[attr-defined]  # a field of choices
