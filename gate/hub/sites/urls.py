"""The first page, signing in and out, and the hub's health."""

from django.contrib.auth.views import (
    LoginView,
    LogoutView,
    PasswordChangeDoneView,
    PasswordChangeView,
)
from django.urls import path
from django.views.decorators.cache import never_cache

from gate.hub.sites.views import alive, home

urlpatterns = [
    path("", home, name="home"),
    path("alive/", alive, name="alive"),
    path(
        "sign-in/",
        LoginView.as_view(template_name="sites/sign_in.html", redirect_authenticated_user=True),
        name="sign-in",
    ),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path(
        "password/",
        never_cache(PasswordChangeView.as_view(template_name="sites/password.html")),
        name="password_change",
    ),
    path(
        "password/changed/",
        never_cache(PasswordChangeDoneView.as_view(template_name="sites/password_changed.html")),
        name="password_change_done",
    ),
]
