"""What pytest shows of a failed check: the table first, in the test's own frame."""

from __future__ import annotations

import os
import subprocess
import sys
from configparser import ConfigParser
from importlib import import_module

import pytest

from tests import ROOT

TESTS = """
from autograd import Value, assert_gradients, certificate, gradcheck, sin


def wrong(x):
    y = sin(x)
    y.dx = 2.0
    return y * 1


def test_call():
    assert certificate(wrong(Value(0.5, "x")).named("y"))


def test_ok():
    assert certificate(wrong(Value(0.5, "x")).named("y")).ok, "a message"


def test_variable():
    proof = certificate(wrong(Value(0.5, "x")).named("y"))
    assert proof


def test_gradcheck():
    gradcheck(wrong, 0.5, order=1)


def test_assert_gradients():
    assert_gradients(sin, lambda x: {"x": 2.0}, [0.5])


def test_another():
    proof = certificate(Value(0.5, "x").sin().named("y"))
    name = proof.name
    assert name == "z"
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """What pytest prints of each failed test."""
    folder = tmp_path_factory.mktemp("plugin")
    (folder / "test_it.py").write_text(TESTS, "utf-8")
    command = ["-m", "pytest", "-q", "-p", "autograd.verify.pytest_plugin", "-p", "no:cacheprovider", "-W", "error"]
    done = subprocess.run(
        [sys.executable, *command, "test_it.py"],
        cwd=folder,
        env=os.environ
        | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "PYTEST_ADDOPTS": ""}
        | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},  # an installed chalkgrad would load the plugin a second time
        capture_output=True,
        encoding="utf-8",
    )
    assert "6 failed" in done.stdout, done.stdout + done.stderr
    return done.stdout


def lines(report, test):
    """The lines of the message of one test."""
    text = report.partition(f"_ {test} _")[2].partition("test_it.py:")[0]
    return [line.removeprefix("E").strip() for line in text.splitlines() if line.startswith("E ")]


@pytest.mark.parametrize("test", ["test_call", "test_ok", "test_variable"])
def test_a_certificate_in_an_assert_is_shown_as_its_table(report, test):
    message = lines(report, test)
    assert message[0].endswith("Certificate of y = 0.479426")
    assert message[2].split()[:2] == ["gradient", "autograd"]
    assert message[3].split()[:2] == ["∂y/∂x", "2.0"] and "DISAGREES with the closed form" in message[3]
    assert message[5] == "0 of 1 gradients agree."
    assert test != "test_ok" or "a message" in message


@pytest.mark.parametrize(("test", "row"), [("test_gradcheck", "∂f/∂x  2.0"), ("test_assert_gradients", "∂f/∂x  0.877")])
def test_a_failed_check_shows_the_tests_line_and_the_table(report, test, row):
    message = lines(report, test)
    assert message[0].startswith("autograd.errors.GradientError: 0 of 1 derivatives agree.")
    assert message[1].split()[:2] == ["input", "autograd"]
    assert message[2].startswith(row) and message[2].endswith("WRONG")
    section = report.partition(f"_ {test} _")[2].partition("\n_____")[0]
    assert "raise GradientError" not in section  # no line of ours


def test_another_assert_stays_as_it_is(report):
    assert lines(report, "test_another")[0].startswith("AssertionError: assert")


def test_pytest_finds_the_plugin_where_chalkgrad_is_installed():
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg", "utf-8")
    name, _, module = setup["options.entry_points"]["pytest11"].strip().partition(" = ")
    assert (name, module) == ("chalkgrad", "autograd.verify.pytest_plugin")
    assert callable(import_module(module).pytest_runtest_makereport)
