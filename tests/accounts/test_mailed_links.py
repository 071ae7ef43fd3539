"""Links to reset a password: for four hours, for one use, and told to nobody else."""

import re
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import mail
from django.test import Client
from pytest_django import Settings

from tests.accounts.test_signing_up import sign_up
from tests.accounts.visitors import is_signed_in, make_account, sign_in, without_tokens

pytestmark = pytest.mark.django_db

NEW = "an-otter-under-the-bridge"
USED_UP = "This link is used up"


def reset_link(address: str = "ana@example.org") -> str:
    Client().post("/accounts/password/reset/", {"email": address})
    return mailed()


def mailed() -> str:
    found = re.search(r"http://testserver(\S+)", str(mail.outbox[-1].body))
    assert found
    return found.group(1)


def opened(link: str) -> tuple[Client, str, str]:
    """A visitor who followed it, the form's address, and the page."""
    visitor = Client()
    page = visitor.get(link, follow=True)
    return visitor, page.request["PATH_INFO"], page.content.decode()


class Clock:
    """The clock that links are judged by."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now() + self.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda _: clock.now())
    return clock


def test_a_link_is_good_for_four_hours(clock: Clock) -> None:
    make_account("ana")
    link = reset_link()
    clock.ahead = timedelta(hours=3, minutes=59)
    visitor, form, page = opened(link)
    assert "Choose a new password" in page
    visitor.post(form, {"password1": NEW, "password2": NEW})
    assert is_signed_in(sign_in("ana", NEW))


def test_a_link_is_good_no_longer(clock: Clock) -> None:
    make_account("ana")
    link = reset_link()
    clock.ahead = timedelta(hours=4, seconds=2)
    assert USED_UP in opened(link)[2]


def test_a_form_that_was_opened_in_time_is_not_good_for_ever(clock: Clock) -> None:
    make_account("ana")
    visitor, form, _ = opened(reset_link())
    clock.ahead = timedelta(hours=4, seconds=2)
    assert USED_UP in visitor.post(form, {"password1": NEW, "password2": NEW}, follow=True).content.decode()
    assert not is_signed_in(sign_in("ana", NEW))


@pytest.mark.parametrize("way", ["another password", "another address", "signed in since"])
def test_a_link_ends_with_what_it_was_made_for(way: str) -> None:
    ana = make_account("ana")
    link = reset_link()
    match way:
        case "another password":
            ana.set_password(NEW)
            ana.save()
        case "another address":
            ana.email = "new@example.org"
            ana.save()
        case _:
            assert is_signed_in(sign_in("ana"))
    assert USED_UP in opened(link)[2]


def test_a_link_is_one_persons() -> None:
    make_account("ana")
    ben = make_account("ben")
    _, _, key = reset_link().rpartition("/key/")
    _, _, secret = key.partition("-")
    theirs = reset_link("ben@example.org").rpartition("/key/")[2].partition("-")[0]
    assert USED_UP in opened(f"/accounts/password/reset/key/{theirs}-{secret}")[2]
    ben.refresh_from_db()
    assert not ben.check_password(NEW)


def test_a_page_whose_address_is_a_secret_does_not_pass_it_on() -> None:
    sign_up(Client())
    confirm = mailed()
    for link in (confirm, reset_link(), "/accounts/password/reset/key/3-none/", "/accounts/confirm-email/none/"):
        assert "/confirm-email/" in link or "/password/reset/key/" in link
        assert Client().get(link)["Referrer-Policy"] == "strict-origin", link


def test_where_mail_fails_a_known_and_an_unknown_address_are_answered_alike(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    make_account("ana")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answers = [
        Client().post("/accounts/password/reset/", {"email": f"{name}@example.org"}, follow=True)
        for name in ("ana", "eva")
    ]
    pages = [without_tokens(each.content) for each in answers]
    assert [each.status_code for each in answers] == [200, 200]
    assert answers[0].redirect_chain == answers[1].redirect_chain == [("/accounts/password/reset/done/", 302)]
    assert pages[0] == pages[1]
    assert "The mail could not be sent." in pages[0]
    assert "Traceback" not in pages[0]
    assert [each.message.partition(":")[0] for each in caplog.records if each.exc_info] == [
        "mail could not be sent"
    ] * 2
