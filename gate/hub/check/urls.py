"""Addresses of checking a card."""

from django.urls import path

from gate.hub.check.views import check_card, check_face, checks_taken, send_book

_CHECK = "sites/<slug:slug>/check"

urlpatterns = [
    path(f"{_CHECK}/", check_card, name="check"),
    path(f"{_CHECK}/book.json", send_book, name="check-book"),
    path(f"{_CHECK}/faces/<int:number>.jpg", check_face, name="check-face"),
    path(f"{_CHECK}/taken/", checks_taken, name="checks-taken"),
]
