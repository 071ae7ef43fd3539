"""Every way in which somebody loses the right to be connected, as people and administrators do it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from chaos.clients.site import Answer
from chaos.stack.population import PASSWORD
from chaos.stack.stack import Stack

NEW = "battery horse staple correct"


@dataclass(frozen=True)
class Revocation:
    """What is done to somebody, and how it ends the sockets of their first session."""

    act: Callable[[Stack, str], Awaitable[None]]
    code: int
    spares: bool = False
    """The sockets of their second session stay."""


async def sign_out(stack: Stack, name: str) -> None:
    _went_well(await stack.site.sign_out(stack.account(name)))


async def change_password(stack: Stack, name: str) -> None:
    """From a third browser, which stays signed in."""
    signed_in = await stack.site.sign_in(name, PASSWORD)
    _went_well(signed_in)
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    here = replace(stack.account(name), session=signed_in.cookies["sessionid"])
    _went_well(await stack.site.submit("/accounts/password/change/", form, account=here))


async def give_password(stack: Stack, name: str) -> None:
    form = {"email": f"{name}@example.org", "new_password": NEW}
    path = f"/admin/chat/user/{stack.made.people[name]}/change/"
    _went_well(await stack.site.submit(path, form, account=stack.account("root")))


async def deactivate(stack: Stack, name: str) -> None:
    form = {"action": "deactivate", "_selected_action": str(stack.made.people[name])}
    _went_well(await stack.site.submit("/admin/chat/user/", form, account=stack.account("root")))


async def ban(stack: Stack, name: str) -> None:
    form = {"action": "ban", "_selected_action": str(stack.made.people[name]), "reason": "they know why"}
    _went_well(await stack.site.submit("/admin/chat/user/", form, account=stack.account("root")))


def _went_well(answer: Answer) -> None:
    assert answer.status == 302, answer.body[:1000]


REVOCATIONS = {
    "sign-out": Revocation(sign_out, code=4401, spares=True),
    "own-password": Revocation(change_password, code=4401),
    "given-password": Revocation(give_password, code=4401),
    "deactivation": Revocation(deactivate, code=4403),
    "ban": Revocation(ban, code=4403),
}
