"""The hub: a Django project that takes what units upload and shows it to the people of a site.

It imports `card trust access events signing paper errors` of `gate` and nothing else; only `cli`
imports it. Its settings are made from one file (gate.hub.config), never from the environment.
"""
