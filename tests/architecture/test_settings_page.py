import re

from tests.architecture.settings_page import environment_table, limits_table, variables
from tests.architecture.sources import PACKAGES, ROOT

PAGE = (ROOT / "docs" / "settings.md").read_text()


def test_the_page_has_the_environment_as_the_code_has_it() -> None:
    assert environment_table() in PAGE


def test_the_page_has_the_limits_as_the_code_has_them() -> None:
    assert limits_table() in PAGE


def test_the_page_names_no_variable_that_is_unknown() -> None:
    assert set(re.findall(r"`([A-Z][A-Z_]+[A-Z])`", PAGE)) <= variables()


def test_nothing_else_of_the_environment_is_read() -> None:
    # What runs other programs hands the environment on; where Django finds its settings is Django's own.
    known = {"PATH", "DJANGO_SETTINGS_MODULE", "DEBUG"}
    for path in [ROOT / "manage.py", *(each for package in PACKAGES for each in (ROOT / package).rglob("*.py"))]:
        text = path.read_text()
        named = set(re.findall(r"(?:environ\.(?:get|setdefault)\(|environ\[|getenv\()\"(\w+)\"", text))
        assert named <= known, f"{path.name} reads {named - known}"
        assert not re.search(r"environ\.(?:get|setdefault)\([^\"]|environ\[[^\"]|getenv\([^\"]", text), path.name
