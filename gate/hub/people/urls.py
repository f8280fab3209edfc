"""Addresses of a site's people, companies and visitors."""

from django.urls import path

from gate.hub.people.act_views import (
    block_one,
    erase_person,
    give_person,
    induct_person,
    replace_pass,
    unblock_one,
    undo_one,
)
from gate.hub.people.import_views import example_list, import_list
from gate.hub.people.list_views import companies_at_site, people_at_site
from gate.hub.people.person_views import (
    edit_person,
    new_person,
    note_on_person,
    one_person,
    phone_of_person,
    photo_of_person,
)
from gate.hub.people.print_views import give_many, print_sheets, sheets_of_site
from gate.hub.people.session_views import induct_many
from gate.hub.people.visitor_views import visitor_left, visitors_at_site

_SITE = "sites/<slug:slug>"
_ONE = f"{_SITE}/people/<int:number>"

urlpatterns = [
    path(f"{_SITE}/people/", people_at_site, name="people"),
    path(f"{_SITE}/people/add/", new_person, name="new-person"),
    path(f"{_SITE}/people/import/", import_list, name="import-people"),
    path(f"{_SITE}/people/import/people.csv", example_list, name="example-list"),
    path(f"{_SITE}/people/induct/", induct_many, name="induct-people"),
    path(f"{_SITE}/people/passes/", sheets_of_site, name="pass-sheets"),
    path(f"{_SITE}/people/passes/give/", give_many, name="give-passes"),
    path(f"{_SITE}/people/passes/print/", print_sheets, name="print-passes"),
    path(f"{_ONE}/", one_person, name="person"),
    path(f"{_ONE}/edit/", edit_person, name="edit-person"),
    path(f"{_ONE}/photo.jpg", photo_of_person, name="person-photo"),
    path(f"{_ONE}/phone.png", phone_of_person, name="person-phone"),
    path(f"{_ONE}/induct/", induct_person, name="induct-person"),
    path(f"{_ONE}/pass/", give_person, name="give-person"),
    path(f"{_ONE}/lost/", replace_pass, name="replace-pass"),
    path(f"{_ONE}/block/", block_one, name="block-person"),
    path(f"{_ONE}/unblock/", unblock_one, name="unblock-person"),
    path(f"{_ONE}/undo/", undo_one, name="undo-person"),
    path(f"{_ONE}/note/", note_on_person, name="note-person"),
    path(f"{_ONE}/erase/", erase_person, name="erase-person"),
    path(f"{_SITE}/companies/", companies_at_site, name="companies"),
    path(f"{_SITE}/visitors/", visitors_at_site, name="visitors"),
    path(f"{_SITE}/visitors/<int:number>/left/", visitor_left, name="visitor-left"),
]
