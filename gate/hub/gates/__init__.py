"""Each gate of a site: how fresh its knowledge is, when it was heard, what it goes by."""
