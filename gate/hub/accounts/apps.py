"""The application of signing in; django-allauth's own stand beside it."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Its tables are called accounts_*; those of django-allauth, account_* and mfa_*."""

    name = "gate.hub.accounts"
    label = "accounts"
