"""A card checked by a phone's own camera, with the hub and without it; each check is kept.

The phone judges by itself (static/card), by the book that it took along: whom this site's gates
believe, which cards are cancelled, whom the site knows. What it read it sends as soon as the hub is
there, and the hub judges the text anew: its word stands beside the phone's.

A check tells of the card and of its holder's induction. It opens nothing, and is no answer of a
gate, which asks the site's rules too.
"""
