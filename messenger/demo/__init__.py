"""What `manage.py demo` fills a site with: people, their talk, pictures that are drawn, and money."""
