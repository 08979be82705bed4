"""One module a page; each has ``draw(service, who)``."""
