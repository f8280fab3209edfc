"""How units come to a site: set-up codes, who joined by one, who takes whose place, who left."""
