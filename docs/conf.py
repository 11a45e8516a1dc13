"""How Sphinx turns the Markdown of `python -m docs` into the site; the generator itself knows nothing of Sphinx.

python -m docs build/docs && sphinx-build -n -W -q -c docs build/docs site
"""

from configparser import ConfigParser
from pathlib import Path

_metadata = ConfigParser()
_metadata.read(Path(__file__).parents[1] / "setup.cfg", encoding="utf-8")

project = "chalkgrad"
release = version = _metadata["metadata"]["version"]
html_title = f"{project} {release}"
extensions = ["myst_parser"]
myst_heading_anchors = 3
html_theme = "furo"
html_copy_source = html_show_sourcelink = False
pygments_dark_style = "monokai"

CONTENTS = {  # the navigation: a heading, and the pages below it; pages that are not named stand under the last heading
    "For you": ["student", "lecturer", "tester"],
    "Guides": ["micrograd", "training", "playground", "compiling", "performance", "comparison", "gallery"],
    "Tutorials": ["tutorials", "tutorials/*"],
    "Reference": ["names", "operations", "reference/*"],
    "The project": ["architecture", "contributing", "changelog"],
}


def navigation(app, document, source):  # type: ignore[no-untyped-def]
    """Give the first page the list of all others, which the sidebar shows."""
    if document != "index":
        return
    named = {page for pages in CONTENTS.values() for page in pages} | {"index"}
    others = sorted(page for page in app.env.found_docs if page not in named and "/" not in page)
    for caption, pages in CONTENTS.items():
        pages = [*pages, *others] if caption == "The project" else pages
        lines = ["```{toctree}", ":hidden:", ":glob:", f":caption: {caption}", "", *pages, "```"]
        source[0] += "\n" + "\n".join(lines) + "\n"


def setup(app):  # type: ignore[no-untyped-def]
    """Called by Sphinx."""
    app.connect("source-read", navigation)
