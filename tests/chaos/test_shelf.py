"""What is collected once for all stacks of a process."""

from pathlib import Path

from chaos.stack.shelf import Shelf


def test_what_is_kept_is_lent_as_it_was(tmp_path: Path) -> None:
    shelf, collected, lent = Shelf(), tmp_path / "collected", tmp_path / "lent"
    (collected / "admin").mkdir(parents=True)
    (collected / "admin" / "base.css").write_text("a")
    assert not shelf.lend(lent)
    shelf.keep(collected)
    (collected / "admin" / "base.css").write_text("b")
    lent.mkdir()
    assert shelf.lend(lent)
    assert [(file.relative_to(lent), file.read_text()) for file in lent.rglob("*.css")] == [
        (Path("admin/base.css"), "a")
    ]


def test_what_is_kept_stays(tmp_path: Path) -> None:
    shelf = Shelf()
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
        shelf.keep(tmp_path / name)
    assert shelf.lend(tmp_path / "lent")
    assert [file.name for file in (tmp_path / "lent").iterdir()] == ["first"]
