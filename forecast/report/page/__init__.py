"""The page of one forecast: everything that is stored of it, as people read it.

Nothing is imported here, so that verbs without pages need no template engine.
"""
