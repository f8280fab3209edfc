"""Addresses of support bundles."""

from django.urls import path

from gate.hub.support.views import ask_support, support_bundle

urlpatterns = [
    path("sites/<slug:slug>/gates/<int:number>/support/", ask_support, name="ask-support"),
    path("sites/<slug:slug>/gates/<int:number>/support.zip", support_bundle, name="support-bundle"),
]
