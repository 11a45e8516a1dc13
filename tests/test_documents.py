"""What the documents say is true: links lead somewhere, derived parts are current, commands run, versions agree."""

import configparser
import re
import shlex
from datetime import date
from importlib.util import find_spec
from itertools import pairwise

import pytest

import autograd
from docs import site
from tests import ROOT
from viz.__main__ import main

PAGES = {place: (ROOT / place).read_text("utf-8") for place in site.pages()}
SPAN = re.compile(r"^```.*?^```|`[^`\n]*`|<!--.*?-->", re.MULTILINE | re.DOTALL)
every_page = pytest.mark.parametrize("place", PAGES)


def slug(heading):
    """A heading's anchor, as repository pages and Sphinx make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchors(text):
    return {slug(heading.strip("# `")) for heading in re.findall(r"^#+ .*$", SPAN.sub(code_out, text), re.MULTILINE)}


def code_out(match):
    """Inline code stays in headings; blocks and comments go."""
    return match[0] if match[0].startswith("`") and not match[0].startswith("```") else ""


def links(place):
    """The relative links of a page: the file and the anchor."""
    text = SPAN.sub("", PAGES[place])
    for _, _, address in site.LINK.findall(text):
        if not re.match(r"\w+:", address):
            path, _, anchor = address.partition("#")
            yield (ROOT / place).parent.joinpath(path).resolve() if path else ROOT / place, anchor


@every_page
def test_links_lead_to_a_file_of_the_repository_and_a_heading_in_it(place):
    for target, anchor in links(place):
        assert target.exists(), f"{place} links to {target}"
        if anchor:
            assert anchor in anchors(target.read_text("utf-8")), f"{place} links to {target.name}#{anchor}"


@every_page
def test_links_lead_to_a_page_of_the_site_once_they_are_turned(place):
    known = site.places()
    target = site.pages()[place]
    turned = SPAN.sub("", site.turned(PAGES[place], place, target, known))
    here = (ROOT / target).parent
    for _, _, address in site.LINK.findall(turned):
        if not re.match(r"\w+:|#", address):
            path = here.joinpath(address.partition("#")[0]).resolve().relative_to(ROOT).as_posix()
            assert path in known.values(), f"{target} links to {path}"


PATH = re.compile(r"`((?:autograd|nn|viz|docs|tests|examples|benchmarks|[.]ci)/[\w./]*)`")


@every_page
def test_files_and_modules_that_a_page_names_exist(place):
    text = PAGES[place]
    assert [path for path in PATH.findall(text) if not (ROOT / path).exists()] == []
    modules = set(re.findall(r"python -m (\w+(?:[.]\w+)*)", text))
    assert [name for name in sorted(modules) if not find_spec(name)] == []


def test_every_page_is_a_link_away_from_the_readme_or_from_a_page_that_it_links():
    near = {target for target, _ in links("README.md")}
    far = {target for place in PAGES if ROOT / place in near for target, _ in links(place)}
    assert {ROOT / place for place in PAGES if place.startswith("docs/")} <= near | far


def test_what_follows_from_the_code_is_current():
    for place, text in site.refreshed():
        assert (ROOT / place).read_text("utf-8") == text, f"Write {place} anew: python -m docs --refresh"


def test_the_readme_is_short_and_each_page_has_one_title():
    assert len(PAGES["README.md"].splitlines()) <= 150
    for place, text in PAGES.items():
        assert len(re.findall("^# ", SPAN.sub("", text), re.MULTILINE)) == 1, place


@pytest.mark.parametrize("place", [place for place in PAGES if re.search("^def test_", PAGES[place], re.MULTILINE)])
def test_the_tests_that_a_page_shows_pass(place):
    for block in re.findall(r"^```python\n((?!>>>|# In ).*?)^```$", PAGES[place], re.MULTILINE | re.DOTALL):
        scope = {}
        exec(compile(block, place, "exec"), scope)
        for name in [name for name in scope if name.startswith("test_")]:
            scope[name]()


COMMANDS = sorted(
    {
        command
        for text in PAGES.values()
        for command in re.findall(r"`(chalkgrad [^`]*)`", text)
        if not re.search("…|FILE|--help|--interactive|--write|^chalkgrad \\S+$", command)
    }
)


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_run_as_the_documents_show_them(command, tmp_path, monkeypatch, capsys):
    if "descend" in command:
        pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    _, *arguments = shlex.split(command)
    assert main([*arguments, *["--steps", "5"] * ("descend" in command)]) == 0
    output = re.findall(r"-o (\S+)|--update (\S+)", command)
    assert all((tmp_path / "".join(name)).stat().st_size for name in output)


def test_there_are_commands():
    assert len(COMMANDS) >= 8


# ── versions ──────────────────────────────────────────────────────────────────────────────────────

VERSION = r"\d+[.]\d+[.]\d+"
SETUP = configparser.ConfigParser()
SETUP.read(ROOT / "setup.cfg", encoding="utf-8")


def test_every_extra_is_a_row_of_the_names():
    extras = PAGES["docs/names.md"].partition("\n## Extras\n")[2]
    rows = re.findall(r"^\| (`.*?) \|", extras, re.MULTILINE)
    assert sorted(re.findall(r"`(\w+)`", " ".join(rows))) == sorted(SETUP["options.extras_require"])


def test_the_version_stands_in_setup_and_the_others_agree():
    version = SETUP["metadata"]["version"]
    assert re.fullmatch(VERSION, version)
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    assert re.search(f"^version: {re.escape(version)}$", citation, re.MULTILINE)
    assert re.search(r"^## (\S+)", PAGES["CHANGELOG.md"], re.MULTILINE)[1] == version
    assert autograd.__version__ in (version, "0+unknown")  # the latter in a copy that is not installed


def test_the_changelog_has_a_version_a_heading_and_an_area_for_each_change():
    headings = re.findall(r"^(##+) (.+)$", PAGES["CHANGELOG.md"], re.MULTILINE)
    releases = [text for marks, text in headings if marks == "##"]
    for release in releases:
        assert re.fullmatch(rf"{VERSION} \((unreleased|\d{{4}}-\d\d-\d\d)\)", release)
    dates = [date.fromisoformat(release[-11:-1]) for release in releases if "unreleased" not in release]
    assert all(later >= earlier for later, earlier in pairwise(dates))
    assert {text for marks, text in headings if marks == "###"} <= {"Added", "Changed", "Fixed", "Removed"}
    lines = [line for line in PAGES["CHANGELOG.md"].splitlines() if line.startswith("- ")]
    assert all(re.match(r"- \*\*[a-z ]+\*\*: .+[.]$", line) for line in lines)
