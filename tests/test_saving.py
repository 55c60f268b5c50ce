"""Files a command leaves: what is in their way is told once for a folder, and a full disk is no mistake of a user's."""

import errno
from pathlib import Path

import pytest

from tarmac.cli.saving import refuse_existing, text_writer, write_all
from tarmac.errors import InputError


def test_files_in_the_way_are_one_mistake_that_names_them(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.csv", "b.csv", "c.csv")]
    for path in paths[:2]:
        path.write_text("before", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        refuse_existing(paths, force=False)
    (problem,) = caught.value.problems
    assert problem.where == str(tmp_path)
    assert problem.value == "2 files exist"
    assert problem.rule.endswith(": a.csv, b.csv")
    refuse_existing(paths, force=True)


def test_one_file_in_the_way_is_named_itself_and_each_folder_for_itself(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    paths = [tmp_path / "a.csv", tmp_path / "made" / "b.csv"]
    for path in paths:
        path.write_text("before", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        refuse_existing(paths, force=False)
    assert [(problem.where, problem.value) for problem in caught.value.problems] == [
        (str(path), "exists") for path in paths
    ]


def test_a_folder_in_the_way_is_one_even_with_force(tmp_path: Path) -> None:
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(InputError, match="is a file"):
        refuse_existing([tmp_path / "a.csv"], force=True)


def test_a_full_disk_is_told_as_such_and_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("before", encoding="utf-8")

    def full(_: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(InputError) as caught:
        write_all(tmp_path, {"a.csv": text_writer("after"), "b.csv": full})
    said = str(caught.value)
    assert "command line" not in said
    assert f"{tmp_path} = No space left on device" in said
    assert "a.csv, b.csv could not be written" in said
    assert "make room" in said
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "before"
