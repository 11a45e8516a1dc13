"""Files are written whole or not at all, through links, and into pipes and devices as they are."""

import os
import stat
from pathlib import Path

import pytest

import nn
import viz
from autograd import FileError, parse
from autograd.atomic_files import write_whole
from autograd.characters import printable

SAVERS = {
    "J.svg": lambda path: viz.draw(parse("J = 2*a", a=1)["J"]).save(path),
    "J.html": lambda path: viz.page(parse("J = 2*a", a=1)["J"]).save(path),
    "net.npz": lambda path: nn.MLP(1, [1], rng=0).save(path),
}


@pytest.mark.parametrize("name", SAVERS)
def test_a_link_stays_and_its_file_is_written(name, tmp_path):
    (tmp_path / "there").mkdir()
    file, link = tmp_path / "there" / name, tmp_path / name
    link.symlink_to(Path("there", name))
    for mode in (None, 0o640):  # a file that is not there yet, then one that is
        SAVERS[name](link)
        assert link.is_symlink() and file.stat().st_size > 0
        assert list((tmp_path / "there").iterdir()) == [file]
        if mode:
            assert stat.S_IMODE(file.stat().st_mode) == mode
        file.write_bytes(b"")
        file.chmod(0o640)


def test_a_device_is_written_to_and_stays(tmp_path):
    link = tmp_path / "J.svg"
    link.symlink_to(os.devnull)
    write_whole(link, b"text")
    assert Path(os.devnull).is_char_device()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("no/J.svg", "No such file or directory"),
        ("J\0.svg", "a null character in its name"),
        ("folder", "Is a directory"),
    ],
)
def test_what_cannot_be_written_is_told_by_the_users_own_name(name, reason, tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileError) as refusal:
        write_whole(tmp_path / name, b"")
    shown = printable(str(tmp_path / name))
    assert str(refusal.value) == f"'{shown}' cannot be written: {reason}. Choose another place."


def test_an_interrupted_write_leaves_nothing_behind(tmp_path, monkeypatch):
    (tmp_path / "J.svg").write_text("old")
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "J.svg", b"new")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]
