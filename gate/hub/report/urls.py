"""Address of the daily report."""

from django.urls import path

from gate.hub.report.views import report_of_site

urlpatterns = [path("sites/<slug:slug>/report/", report_of_site, name="report")]
