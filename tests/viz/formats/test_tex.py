"""Pictures in LaTeX: letters of all scripts, full-size fractions, filled slides; compiled where there is TeX."""

import re
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

import viz
from autograd import Value, parse
from autograd.language.names import GREEK, symbol
from examples import gallery
from tests.viz.graph.test_scene import lecture
from tests.viz.test_drawing import HOSTILE
from viz.formats import beamer
from viz.formats.texletters import IN_CYRILLIC, needs, safe, tall

NAMES = [
    "größe",
    "θ₁",
    "ŷ",
    "ж",
    "Ёж",
    "W_{ij}",
    "x^(i)",
    r"\theta",
    "y_hat",
    "<b>",
    "100 %",
    "a_b",
    "Łódź",
    "α̂",
    "x′",
    "Ελ",
]
LETTERS = {  # in text, in mathematics
    "ö": (r"\"{o}", r"\ddot{o}"),
    "ß": (r"\ss{}", r"\text{\ss{}}"),
    "ŷ": (r"\^{y}", r"\hat{y}"),
    "ç": (r"\c{c}", r"\text{\c{c}}"),
    "θ": (r"$\theta$", r"{\theta}"),
    "α̂": (r"$\hat{\alpha}$", r"{\hat{\alpha}}"),
    "Ε": (r"$\mathrm{E}$", r"{\mathrm{E}}"),
    "₁": (r"${}_{1}$", r"{{}_{1}}"),
    "²": (r"${}^{2}$", r"{{}^{2}}"),
    "й": (r"\cyrillicsign{\cyrishrt}{0439}", r"\text{\cyrillicsign{\cyrishrt}{0439}}"),
    "Ж": (r"\cyrillicsign{\CYRZH}{0416}", r"\text{\cyrillicsign{\CYRZH}{0416}}"),
    "字": (r"\othersign{5B57}", r"\text{\othersign{5B57}}"),
    "ą": (r"\othersign{0105}", r"\text{\othersign{0105}}"),
    "<": ("$<$", "<"),
}


@pytest.mark.parametrize("letter", LETTERS)
def test_each_letter_is_written_in_text_and_in_mathematics(letter):
    in_text, in_maths = LETTERS[letter]
    assert safe(rf"\text{{{letter}}}") == rf"\text{{{in_text}}}"
    assert safe(letter) == in_maths
    assert safe(letter, text=True) == in_text


def test_greek_and_cyrillic_are_known_whole():
    assert all("othersign" not in safe(letter) for letter in GREEK.values())
    russian = "".join(chr(code) for code in range(0x410, 0x450)) + "ёЁ"
    assert set(russian) <= IN_CYRILLIC.keys()


@given(st.text())
def test_latex_of_any_name_is_ascii_with_balanced_braces(name):
    latex = safe(symbol(name, "latex"))
    assert latex.isascii() and latex.isprintable()
    bare = re.sub(r"\\.", "", latex)
    assert bare.count("{") == bare.count("}")


def test_fractions_are_as_large_as_the_line_unless_they_stand_in_an_index_or_in_another():
    assert tall(r"\frac{\partial J}{\partial a} = \frac{1}{2}").count(r"\tallfrac") == 2
    assert tall(r"e^{\frac{1}{2}}") == r"e^{\frac{1}{2}}"
    assert tall(r"\frac{\frac{a}{b}}{c}") == r"\tallfrac{\frac{a}{b}}{c}"


def test_what_pdflatex_cannot_set_is_told_in_the_file():
    drawing = viz.draw(parse("字 = 3*ж", ж=1)["字"])
    first, second, *_ = drawing.tikz.splitlines()
    assert first == (
        "% pdfLaTeX has no letters for U+5B57 and writes their numbers; XeLaTeX and LuaLaTeX take them from your font."
    )
    assert second == r"% Cyrillic letters need \usepackage[T2A,OT1]{fontenc} in the preamble."
    assert needs([r"$a = 5$"]) == []


def test_formulas_stand_on_their_baseline_as_large_as_measured_and_not_bold():
    drawing = viz.draw(lecture())
    [text] = [s for g in drawing.picture.groups for s in g.shapes if getattr(s, "text", "") == "u = b · c"]
    [node] = [line for line in drawing.tikz.splitlines() if line.endswith(r"{$u = b \cdot c$};")]
    assert f"anchor=base,font={{\\fontsize{{{text.size * 0.547 / 0.473:.2f}bp}}" in node
    assert f"at ({text.x:.2f}".rstrip("0") in node and "bold" not in node


@pytest.mark.parametrize(("width", "height"), [(1000, 300), (400, 300), (800, 365)])
def test_a_slide_is_filled_and_a_title_has_room(width, height):
    share, unit = re.fullmatch(r"([\d.]+)\\(paper\w+)", beamer._height(width, height)).groups()
    high = float(share) * {"paperwidth": 16, "paperheight": 9}[unit]
    assert high <= 0.78 * 9 + 1e-3 and high * width / height <= 0.96 * 16 + 1e-2
    assert max(high / (0.78 * 9), high * width / height / (0.96 * 16)) == pytest.approx(1, abs=1e-3)


def compiled(path):
    """What pdfLaTeX says of a file."""
    command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", path.name]
    run = subprocess.run(command, cwd=path.parent, capture_output=True)
    assert run.returncode == 0, run.stdout[-2000:].decode(errors="replace")
    assert b"Overfull" not in run.stdout and b"Missing character" not in run.stdout
    return run.stdout


tex = pytest.mark.skipif(not shutil.which("pdflatex"), reason="no TeX here")


@tex
@pytest.mark.slow
def test_pictures_compile_on_pages_of_their_sizes(tmp_path):
    """Every hostile name, a folded network and a second derivative."""
    drawings = [
        viz.draw(sum(Value(float(i), name) for i, name in enumerate(names)).named("y"), level="value")
        for names in ([name for name in HOSTILE if name.strip()], NAMES)
    ]
    drawings += [viz.draw(gallery.moons()), viz.draw(lecture(), theme="dark")]
    drawings += [viz.draw_backward(lecture(), as_graph=True, order=2), viz.network([3, 4, 1])]
    for i, drawing in enumerate(drawings):
        assert b"(1 page," in compiled(drawing.save(tmp_path / f"p{i}.tex"))


@tex
@pytest.mark.slow
def test_steps_compile_as_slides_and_inside_of_ones_own(tmp_path):
    frames = viz.frames(lecture())
    [path] = frames.save(tmp_path / "J.tex")
    assert b"(9 pages," in compiled(path)
    frames.save(tmp_path / "steps.tikz")
    viz.draw(parse("ж = 3*größe", größe=1)["ж"]).save(tmp_path / "picture.tikz")
    own = r"""\documentclass[aspectratio=169]{beamer}
\usepackage[T2A,OT1]{fontenc}
\usepackage{amsmath,fix-cm,tikz}
\begin{document}
\begin{frame}{One}\centering\resizebox{0.9\textwidth}{!}{\input{picture.tikz}}\end{frame}
\begin{frame}{Two}\centering\resizebox{0.9\textwidth}{!}{\input{steps.tikz}}\end{frame}
\end{document}
"""
    (tmp_path / "own.tex").write_text(own)
    assert b"(10 pages," in compiled(tmp_path / "own.tex")
