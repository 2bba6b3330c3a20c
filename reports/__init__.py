"""The page: documented context classes, a Jinja environment, templates."""
