"""Frames to files and to the terminal; every text from a config is hostile until escaped.

Nothing is imported here, so that `text` stays cheap for the verbs that need no tables.
"""
