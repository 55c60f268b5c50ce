from pathlib import Path

import pytest

from tarmac.errors import InputError
from tarmac.library import LARGEST_FILE, find, load, load_scenario, on_shelf, read_toml, shelf_shipped

COMPANY = '[company]\nname = "Mine"\ncurrency = "USD"\nfirst_month = "2024-01"\n[cash]\nopening = "1M"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of a user's own."""
    (tmp_path / "models").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        load(path)
    (problem,) = caught.value.problems
    assert path.name in problem.file
    assert problem.rule
    assert problem.remedy
    return str(caught.value)


def test_shipped_models_are_found_from_anywhere(folder: Path) -> None:
    assert not list(folder.joinpath("models").iterdir())
    assert load("stability-ai").company.name == "Stability AI"
    assert find("models", "stability-ai").shipped


def test_a_file_of_ones_own_hides_the_shipped_one_and_says_so(folder: Path) -> None:
    (folder / "models" / "stability-ai.toml").write_text(COMPANY)
    found = find("models", "stability-ai")
    assert not found.shipped
    assert found.hides == shelf_shipped("models") / "stability-ai.toml"
    assert load("stability-ai").company.name == "Mine"
    row = next(item for item in on_shelf("models") if item.name == "stability-ai")
    assert row.hides == found.hides


def test_a_new_name_hides_nothing(folder: Path) -> None:
    (folder / "models" / "mine.toml").write_text(COMPANY)
    assert find("models", "mine").hides is None
    assert {"mine", "stability-ai"} <= {item.name for item in on_shelf("models")}


def test_an_explicit_path_comes_first(folder: Path) -> None:
    (folder / "other.toml").write_text(COMPANY.replace("Mine", "Other"))
    (folder / "models" / "other.toml").write_text(COMPANY)
    assert load("./other.toml").company.name == "Other"
    assert load(folder / "other.toml").company.name == "Other"
    assert load("other").company.name == "Mine"
    assert load("models/other").company.name == "Mine"


def test_in_a_checkout_a_shelf_does_not_hide_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shelf_shipped("models").parent)
    assert all(item.shipped and item.hides is None for item in on_shelf("models"))


def test_an_unknown_name_is_answered_with_the_nearest(folder: Path) -> None:
    assert folder.is_dir()
    with pytest.raises(InputError) as caught:
        load("stabilty-ai")
    (problem,) = caught.value.problems
    assert (problem.file, problem.where) == ("command line", "model")
    assert problem.remedy == "did you mean 'stability-ai'?"
    with pytest.raises(InputError, match="no-new-money"):
        load_scenario("no-new-mony")


def test_a_message_names_the_file_as_seen_from_the_working_folder(folder: Path) -> None:
    (folder / "models" / "mine.toml").write_text(COMPANY + "colour = 3\n")
    with pytest.raises(InputError) as caught:
        load("mine")
    assert caught.value.problems[0].file == str(Path("models") / "mine.toml")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "can be read" in refused(tmp_path / "nowhere.toml")


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    assert "is a file" in refused(tmp_path / "folder.toml")


def test_text_that_is_not_toml_is_refused_with_the_line(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('[company]\nname = "x"\nfirst_month = 2024-\n')
    assert "line 3" in refused(tmp_path / "bad.toml")


def test_bytes_that_are_not_text(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe\x00rubbish")
    assert "UTF-8" in refused(tmp_path / "bad.toml")


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "bom.toml").write_bytes(b"\xef\xbb\xbf" + COMPANY.encode())
    assert load(tmp_path / "bom.toml").company.name == "Mine"


def test_five_thousand_brackets(tmp_path: Path) -> None:
    (tmp_path / "deep.toml").write_text("x = " + "[" * 5000 + "]" * 5000)
    assert "nests" in refused(tmp_path / "deep.toml")


def test_five_thousand_tables_in_one_another(tmp_path: Path) -> None:
    (tmp_path / "deep.toml").write_text("[" + ".".join("a" * 5000) + "]\nx = 1\n")
    with pytest.raises(InputError):
        load(tmp_path / "deep.toml")


def test_fifty_megabytes_are_not_read(tmp_path: Path) -> None:
    with (tmp_path / "large.toml").open("wb") as file:
        file.truncate(50_000_000)
    assert f"{LARGEST_FILE:,} bytes" in refused(tmp_path / "large.toml")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs a device that never ends")
def test_a_file_without_an_end_is_not_read() -> None:
    with pytest.raises(InputError):
        load(Path("/dev/zero"))


def test_a_name_cannot_colour_the_terminal(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load("x\x1b[31m")
    assert "\x1b" not in str(caught.value)
    assert tmp_path.is_dir()


def test_documents_are_plain_values(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(COMPANY)
    assert read_toml(tmp_path / "mine.toml")["cash"] == {"opening": "1M"}


def test_facts_that_are_on_no_shelf_are_a_mistake(tmp_path: Path) -> None:
    file = tmp_path / "acme.toml"
    head = 'name = "Acme"\ncurrency = "USD"\nfirst_month = "2024-01"\nfacts = "stability"'
    file.write_text(f"[company]\n{head}\n[cash]\nopening = 1", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load(file)
    [problem] = caught.value.problems
    assert (problem.where, problem.value) == ("company.facts", "stability")
    assert "'stability-ai'" in problem.remedy
