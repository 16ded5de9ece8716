"""A folder is there as a whole or not at all, whoever fails and whenever."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from forecast.errors import OutputError
from forecast.report import disk
from forecast.report.folder import CHECKSUMS, PROVENANCE, claim


def files(text, config_hash="one"):
    digest = hashlib.sha256(text.encode()).hexdigest()
    provenance = {"config_hash": config_hash, "files": {"a.csv": digest, "b.csv": digest}}
    return {
        "a.csv": text.encode(),
        "b.csv": text.encode(),
        PROVENANCE: json.dumps(provenance).encode(),
    }


def publish(out, text, *, force=False, config_hash="one"):
    with claim(out, "cup") as folder:
        folder.publish(files(text, config_hash), force=force)


def everything(out):
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def test_a_new_folder_appears_with_all_files_and_nothing_beside(out):
    publish(out, "new")
    assert set(everything(out)) == {
        f"cup/{name}" for name in ("a.csv", "b.csv", PROVENANCE, CHECKSUMS)
    }
    assert [path.name for path in out.iterdir()] == ["cup"]


def test_a_folder_holds_its_config_only_with_all_of_its_files(out):
    publish(out, "new")
    with claim(out, "cup") as folder:
        assert folder.holds("one")
        assert not folder.holds("two")
        (out / "cup" / "b.csv").write_bytes(b"")
        assert not folder.holds("one")
        (out / "cup" / "b.csv").unlink()
        assert not folder.holds("one")


def test_another_forecast_is_replaced_only_by_force(out):
    publish(out, "old")
    before = everything(out)
    with pytest.raises(OutputError, match="--force"):
        publish(out, "new", config_hash="two")
    assert everything(out) == before
    publish(out, "new", force=True, config_hash="two")
    assert everything(out)["cup/a.csv"] == b"new"
    assert [path.name for path in out.iterdir()] == ["cup"]


@pytest.mark.parametrize("found", [b"", b"{}", b"[1]", b"\xff", b"[" * 100_000])
def test_files_that_are_no_forecast_are_never_replaced(out, found):
    (out / "cup").mkdir(parents=True)
    (out / "cup" / PROVENANCE).write_bytes(found)
    with pytest.raises(OutputError, match="no forecast"):
        publish(out, "new", force=True)
    assert everything(out) == {f"cup/{PROVENANCE}": found}


@pytest.mark.parametrize("name", ["notes.txt", "img/mine.png", "notes", "link"])
def test_what_somebody_put_there_is_never_replaced(out, name, tmp_path):
    publish(out, "old")
    path = out / "cup" / name
    path.parent.mkdir(exist_ok=True)
    if name == "notes":
        path.mkdir()
    elif name == "link":
        path.symlink_to(tmp_path)
    else:
        path.write_text("mine")
    before = everything(out)
    with pytest.raises(OutputError, match=f"found {name}, which no forecast wrote"):
        publish(out, "new", force=True)
    assert everything(out) == before
    assert path.exists()


def test_a_file_that_somebody_put_there_may_stay_if_it_is_carried_over(out):
    publish(out, "old")
    (out / "cup" / "notes.txt").write_text("mine")
    with claim(out, "cup") as folder:
        folder.publish({**files("new"), "notes.txt": b"mine"}, force=True)
    assert everything(out)["cup/notes.txt"] == b"mine"
    assert everything(out)["cup/a.csv"] == b"new"


def test_files_in_folders_below_are_written_and_summed_up(out):
    with claim(out, "cup") as folder:
        folder.publish({**files("x"), "img/deep/p.svg": b"p"}, force=False)
    assert everything(out)["cup/img/deep/p.svg"] == b"p"
    digest = hashlib.sha256(b"p").hexdigest()
    assert f"{digest}  img/deep/p.svg\n" in everything(out)[f"cup/{CHECKSUMS}"].decode()
    with claim(out, "cup") as folder:
        assert folder.holds("one")


def test_an_empty_folder_is_taken(out):
    (out / "cup").mkdir(parents=True)
    publish(out, "new")
    assert len(everything(out)) == 4


def failing(number, monkeypatch):
    """Let the n-th call of any of these fail, as a disk that is full or gone; count the calls."""
    calls = []

    def break_one(module, name):
        original = getattr(module, name)

        def call(*arguments, **options):
            calls.append(name)
            if len(calls) == number:
                raise OSError(28, "No space left on device")
            return original(*arguments, **options)

        monkeypatch.setattr(module, name, call)

    for module, name in ((os, "fsync"), (Path, "rename"), (Path, "mkdir"), (Path, "write_bytes")):
        break_one(module, name)
    return calls


def count_calls(out, monkeypatch):
    with monkeypatch.context() as patched:
        calls = failing(0, patched)
        publish(out, "new", force=True)
        return len(calls)


@pytest.mark.parametrize("before", [None, "old"])
def test_a_failure_of_any_step_leaves_the_old_or_the_new_folder(tmp_path, before, monkeypatch):
    """Every write, sync and rename fails once; only the last sync comes after the new folder."""

    def prepared(name):
        out = tmp_path / name
        out.mkdir()
        if before:
            publish(out, before)
        return out

    steps = count_calls(prepared("all"), monkeypatch)
    assert steps >= 9
    for number in range(1, steps + 1):
        out = prepared(str(number))
        untouched = everything(out)
        with monkeypatch.context() as patched:
            failing(number, patched)
            with pytest.raises(OutputError, match=r"No space left|no forecast"):
                publish(out, "new", force=True)
        publish_last = number == steps
        found = everything(out)
        if publish_last:
            found = {name: data for name, data in found.items() if name.startswith("cup/")}
            assert found["cup/a.csv"] == b"new"
        else:
            assert found == untouched
        publish(out, "again", force=True)
        assert everything(out)["cup/b.csv"] == b"again"
        assert [path.name for path in out.iterdir()] == ["cup"]


def test_an_interrupt_while_writing_leaves_nothing(out, monkeypatch):
    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        publish(out, "new")
    assert not out.exists()


def test_what_a_dead_run_left_is_swept(out):
    publish(out, "old")
    for leftover in (".cup.new", ".cup.old"):
        (out / leftover).mkdir()
        (out / leftover / "a.csv").write_text("half")
    (out / ".cup.lock").touch()
    with claim(out, "cup"):
        pass
    assert [path.name for path in out.iterdir()] == ["cup"]
    assert everything(out)["cup/a.csv"] == b"old"


def test_a_folder_moved_away_by_a_dead_run_is_put_back(out):
    publish(out, "old")
    (out / "cup").rename(out / ".cup.old")
    with claim(out, "cup") as folder:
        assert folder.holds("one")
    assert [path.name for path in out.iterdir()] == ["cup"]


def test_two_runs_into_one_folder_exclude_each_other(out):
    with claim(out, "cup"):
        with pytest.raises(OutputError, match="another run"), claim(out, "cup"):
            pass
        with claim(out, "league"):
            pass
    with claim(out, "cup"):
        pass


def test_a_folder_made_for_a_run_that_failed_is_gone_again(out):
    with pytest.raises(ZeroDivisionError), claim(out, "cup"):
        raise ZeroDivisionError
    assert not out.exists()


def test_places_that_cannot_be_written_are_refused_with_their_name(tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    bad = ("file", "file/below", "missing/out", "nowhere", "n" * 300)
    for name in bad:
        with pytest.raises(OutputError) as caught, claim(tmp_path / name, "cup"):
            pass
        assert str(tmp_path) in str(caught.value)
    with pytest.raises(OutputError), claim(Path("/proc"), "cup"):
        pass


@pytest.mark.parametrize("name", ["..", ".", "", "a/b", "/tmp", ".hidden", "n" * 300])  # noqa: S108 (no file is made)
def test_names_that_lead_elsewhere_are_refused(tmp_path, name):
    with pytest.raises(OutputError), claim(tmp_path, name):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["file", "link", "broken link"])
def test_a_file_or_link_in_place_of_the_folder_is_refused(out, tmp_path, kind):
    out.mkdir()
    (tmp_path / "elsewhere").mkdir()
    if kind == "file":
        (out / "cup").write_text("x")
    else:
        (out / "cup").symlink_to(tmp_path / ("elsewhere" if kind == "link" else "gone"))
    with pytest.raises(OutputError, match="allowed a folder"):
        publish(out, "new", force=True)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_lock_removed_by_its_last_owner_is_taken_again(out, monkeypatch):
    """Between opening the file and locking it, its owner ends and removes it."""
    out.mkdir()
    original, gone = disk.fcntl.flock, []

    def lock(descriptor, operation):
        if not gone:
            gone.append((out / ".cup.lock").unlink())
        original(descriptor, operation)

    monkeypatch.setattr(disk.fcntl, "flock", lock)
    with claim(out, "cup"):
        assert (out / ".cup.lock").exists()


def test_a_lock_removed_while_it_is_looked_at_is_taken_again(tmp_path, monkeypatch):
    path, original, gone = tmp_path / ".index.lock", os.fstat, []

    def look(descriptor):
        if not gone:
            gone.append(path.unlink())
        return original(descriptor)

    monkeypatch.setattr(disk.os, "fstat", look)
    with disk.locked(path, wait=True):
        assert path.exists()
