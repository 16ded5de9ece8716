"""A page read back as a reader of HTML would, without a browser."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "link", "img", "input", "br", "hr", "source"}


class Page(HTMLParser):
    """Elements as (tag, attributes, text), and every table as rows of (tag, attributes, text)."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.tables, self.open = [], {}, []
        self.feed(html)
        self.close()
        assert not self.open, f"never closed: {[entry['tag'] for entry in self.open]}"

    def handle_starttag(self, tag, attrs):
        entry = {"tag": tag, "attributes": dict(attrs), "text": "", "children": []}
        assert len(dict(attrs)) == len(attrs), f"an attribute twice: {attrs}"
        for outer in self.open[-1:]:
            outer["children"].append(entry)
        self.elements.append(entry)
        if tag not in VOID:
            self.open.append(entry)

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> without a start"
        assert self.open[-1]["tag"] == tag, f"</{tag}> closes <{self.open[-1]['tag']}>"
        self.open.pop()
        if tag in {"td", "th", "dt", "dd", "p", "li"}:
            self.handle_data(" ")

    def handle_data(self, data):
        for outer in self.open:
            outer["text"] += data

    def all(self, tag):
        return [entry for entry in self.elements if entry["tag"] == tag]

    def by_id(self, name):
        (found,) = [each for each in self.elements if each["attributes"].get("id") == name]
        return found

    def rows(self, table):
        return [inside(row, {"th", "td"}) for row in inside(self.by_id(table), {"tr"})]


def inside(entry, tags):
    """All elements of some tags below an element, in order, not looking inside those found."""
    found = []
    for child in entry["children"]:
        found += [child] if child["tag"] in tags else inside(child, tags)
    return found
