"""For how long a site keeps what names somebody, and the nightly work that lets it go."""
