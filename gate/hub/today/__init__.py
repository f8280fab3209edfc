"""A site's day as it goes: the page that its manager opens every morning."""
