"""The daily report: what a site's gates did on a day, and the day's root, to be kept on paper."""
