"""The site as its readers get it: built without a warning, complete in itself, and its search finds pages."""

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from urllib.parse import unquote

import pytest

from docs import conf, site
from tests import ROOT

pytestmark = pytest.mark.site


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The site, from the command to the last page."""
    if not find_spec("sphinx"):
        assert not os.environ.get("CI"), 'Sphinx is missing. Install it: pip install ".[docs]"'
        pytest.skip('Sphinx is missing: pip install ".[docs]"')
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("site")
    environment = {**os.environ, "MPLBACKEND": "agg"}
    for command in (["docs", source], ["sphinx", "-n", "-W", "-q", "-c", "docs", source, target]):
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    return target


def test_every_page_is_there_and_in_the_navigation(built):
    places = {target for target in site.places().values() if target.endswith(".md")}
    places |= {f"reference/{package}.md" for package in site.PACKAGES}
    sidebar = (built / "index.html").read_text("utf-8")
    for place in places:
        page = place.replace(".md", ".html")
        assert (built / page).exists()
        assert page == "index.html" or f'href="{page}"' in sidebar, page
    assert set(conf.CONTENTS) <= set(re.findall(r'caption-text">([^<]+)<', sidebar))


def test_no_page_links_to_nothing_or_loads_something_from_elsewhere(built):
    wrong = []
    for page in built.rglob("*.html"):
        for tag, target in re.findall(r'<(\w+)[^>]*?\s(?:href|src)="([^"#?]*)[^"]*"', page.read_text("utf-8")):
            elsewhere = re.match("https?:|//", target)
            missing = target and not re.match(r"\w+:|//", target) and not (page.parent / unquote(target)).exists()
            if (elsewhere and tag != "a") or missing:
                wrong.append(f"{page.relative_to(built)}: {target}")
    assert wrong == []


@pytest.mark.parametrize(
    ("query", "page"),
    [("pytest", "tester"), ("own engine", "tester"), ("stale", "student"), ("dark theme", "lecturer")],
)
def test_the_search_finds_a_page(built, query, page):
    """By Sphinx' index, which the page reads as a script: so it works from disk, without a server."""
    from sphinx.search.en import SearchEnglish

    language = SearchEnglish({})
    text = (built / "searchindex.js").read_text("utf-8")
    index = json.loads(text[text.index("(") + 1 : text.rindex(")")])
    results = set(index["docnames"])
    for word in query.split():
        stem = language.stem(word)
        if word in language.stopwords:
            continue
        numbers = [where for table in (index["terms"], index["titleterms"]) if (where := table.get(stem)) is not None]
        pages = {number for where in numbers for number in (where if isinstance(where, list) else [where])}
        results &= {index["docnames"][number] for number in pages}
    assert page in results


def test_tutorials_show_what_they_print_and_draw(built):
    page = (built / "tutorials" / "lecture.html").read_text("utf-8")
    assert "Backpropagation on the blackboard" in page
    assert "J = 3 · v = 3 · 11 = 33" in page
    assert re.search(r'<img[^>]*src="\.\./_images/lecture\d*\.svg"', page)
