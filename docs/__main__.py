"""The command `python -m docs`: the site's Markdown into a folder, or the repository's own pages anew."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from docs import ROOT, site


def main() -> None:
    """Write the site's source, or with --refresh what the repository's pages derive from the code."""
    parser = argparse.ArgumentParser(prog="python -m docs", description=main.__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("build/docs"), help="default: build/docs")
    parser.add_argument("--refresh", action="store_true", help="rewrite the derived parts of docs/ and nothing else")
    choice = parser.parse_args()
    if choice.refresh:
        for place, text in site.refreshed():
            (ROOT / place).write_text(text, encoding="utf-8")
            print(place)
        return
    shutil.rmtree(choice.folder, ignore_errors=True)
    for place, content in site.files():
        path = choice.folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    print(choice.folder)


if __name__ == "__main__":
    main()
