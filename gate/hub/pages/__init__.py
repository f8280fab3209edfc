"""What the hub's pages cost beside what they ask of the database: for `gate bench pages`."""
