"""Compiled libraries on disk: later processes load them; whatever is broken, foreign or another's is not run."""

import os
import shutil
import subprocess
import sys
import warnings

import pytest

from autograd import CacheWarning, Value, c_cache, compile
from autograd import c_compiler as native

pytestmark = pytest.mark.skipif(not shutil.which("cc"), reason="no C compiler")


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("CHALKGRAD_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(c_cache, "_told", [])
    return tmp_path / "cache"


@pytest.fixture
def runs(monkeypatch):
    """How often the compiler runs for factor · x · x, where nothing is remembered, as in a new process."""
    texts = []
    build = native.built
    monkeypatch.setattr(native, "built", lambda *words: texts.append(words) or build(*words))

    def count(factor=2):
        native.compiled.cache_clear()
        x, before = Value(3.0, "x"), len(texts)
        assert compile(factor * x * x, wrt=[x], backend="native")()[1].tolist() == [6 * factor]
        return len(texts) - before

    yield count
    native.compiled.cache_clear()


def test_a_later_process_compiles_nothing(place, runs):
    assert [runs(), runs(), runs()] == [1, 0, 0]
    assert place.stat().st_mode & 0o777 == 0o700
    assert len(list(place.iterdir())) == 1


def test_another_program_another_compiler_and_other_flags_are_compiled(place, runs, monkeypatch, tmp_path):
    assert [runs(), runs(5)] == [1, 1]
    monkeypatch.setattr(native, "FLAGS", (*native.FLAGS, "-DANOTHER"))
    assert [runs(), runs()] == [1, 0]
    script, usual = tmp_path / "compiler", " ".join(native.compiler())
    for line in ("", "# updated\n"):
        script.write_text(f'#!/bin/sh\n{line}exec {usual} "$@"\n')
        script.chmod(0o755)
        monkeypatch.setenv("CC", str(script))
        assert [runs(), runs()] == [1, 0]
    monkeypatch.setattr(c_cache, "_processor", lambda: ("another",))
    assert runs() == 1


@pytest.mark.parametrize("broken", [b"", b"\x7fELF", bytes(5000), "half", "another"])
def test_a_broken_or_foreign_file_is_ignored_and_replaced(broken, place, runs):
    runs()
    [file] = place.iterdir()
    whole = file.read_bytes()
    file.write_bytes({"half": whole[: len(whole) // 2], "another": whole[:-1] + b"?"}.get(broken, broken))
    assert [runs(), runs()] == [1, 0]


def test_a_folder_that_others_may_write_to_is_not_used(place, runs):
    runs()
    place.chmod(0o777)
    with pytest.warns(CacheWarning) as told:
        assert [runs(), runs()] == [1, 1]
    assert [str(each.message) for each in told] == [  # once
        f"Compiled programs cannot be kept for later processes: '{place}' belongs to others too, who could put "
        "programs there. Set CHALKGRAD_CACHE to a folder of your own, or to off."
    ]
    place.chmod(0o700)  # as the message says
    assert runs() == 0


def test_a_folder_that_cannot_be_made_is_told_once(place, runs, monkeypatch):
    place.write_text("no folder")
    with pytest.warns(CacheWarning) as told:
        assert [runs(), runs(5)] == [1, 1]
    assert [str(each.message) for each in told] == [
        f"Compiled programs cannot be kept for later processes: [Errno 17] File exists: '{place}'. "
        "Set CHALKGRAD_CACHE to a folder of your own, or to off."
    ]
    with warnings.catch_warnings(action="error"):
        for word in ("off", "OFF", "0"):  # as the message says
            monkeypatch.setenv("CHALKGRAD_CACHE", word)
            assert runs() == 1


def test_the_latest_used_are_kept(place, runs, monkeypatch):
    monkeypatch.setattr(c_cache, "MOST", 2)
    assert [runs(2), runs(3)] == [1, 1]
    for age, file in enumerate(sorted(place.iterdir(), key=os.path.getmtime, reverse=True)):
        os.utime(file, (1000 - age, 1000 - age))
    assert [runs(2), runs(5), runs(2), runs(3)] == [0, 1, 0, 1]
    assert len(list(place.iterdir())) == 2


def test_processes_at_once_leave_whole_files(place, monkeypatch):
    monkeypatch.setenv("CHALKGRAD_VALUES", "python")  # else those in C are kept too
    program = (
        'from autograd import Value, compile; x = Value(3.0); print(compile(x**3, wrt=[x], backend="native")()[1])'
    )
    started = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [process.communicate()[0] for process in started] == ["[27.]\n"] * 3
    [file] = place.iterdir()
    assert c_cache._read(file)


@pytest.mark.parametrize("variables, expected", [
    ({"HOME": "/home/ada"}, "/home/ada/.cache/chalkgrad"),
    ({"HOME": "/home/ada", "XDG_CACHE_HOME": "/caches"}, "/caches/chalkgrad"),
    ({"HOME": "/home/ada", "XDG_CACHE_HOME": "/caches", "CHALKGRAD_CACHE": "/mine"}, "/mine"),
    ({"HOME": "/home/ada", "CHALKGRAD_CACHE": ""}, "/home/ada/.cache/chalkgrad"),
])  # fmt: skip
def test_where_the_cache_lies(variables, expected, monkeypatch):
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "CHALKGRAD_CACHE"):
        monkeypatch.delenv(name, raising=False)
    for name, text in variables.items():
        monkeypatch.setenv(name, text)
    assert str(c_cache.folder()) == expected


def test_without_a_home_nothing_is_kept(runs, monkeypatch):
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "CHALKGRAD_CACHE"):
        monkeypatch.delenv(name, raising=False)

    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(c_cache.Path, "home", homeless)
    assert [runs(), runs()] == [1, 1]
