"""The address of what somebody wants to be told of at a site."""

from django.urls import path

from gate.hub.mails.views import mails_of_site

urlpatterns = [path("sites/<slug:slug>/e-mail/", mails_of_site, name="mails")]
