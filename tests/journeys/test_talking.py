"""People talk through the page while workers die under them."""

from playwright.sync_api import expect

from chaos.stack.stack import Stack
from tests.journeys.conftest import Opened
from tests.serving.gunicorns import eventually
from tests.stacks import run


def test_two_people_talk_over_two_workers_and_one_is_killed(stack: Stack, window: Opened) -> None:
    ana, ben = window("ana").go("talk"), window("ben").go("talk")
    for turn in range(20):
        eventually(lambda: {"ana", "ben"} <= set(stack.hosts_of("talk")), "both are present")
        hosts = stack.hosts_of("talk")
        if hosts["ana"] != hosts["ben"]:
            break
        ben.page.reload()
        ben.until_live()
        ben.page.wait_for_timeout(300 + 20 * turn)
    assert hosts["ana"] != hosts["ben"]

    ana.say("hello ben")
    ben.sees("hello ben")
    ben.say("hello ana")
    ana.sees("hello ana")

    stack.kill_worker(stack.workers()[0])
    ana.write("did you hear that?")
    ben.write("hear what?")
    for each in (ana, ben):
        each.sees("did you hear that?")
        each.sees("hear what?")
        each.until_live()
    run(stack.until_served())
    for each in (ana, ben):
        expect(each.page.locator('.message[data-state="stored"]')).to_have_count(4)
        assert each.numbers() == [1, 2, 3, 4]
    assert ana.texts() == ben.texts()


def test_both_workers_are_killed_one_after_the_other(stack: Stack, window: Opened) -> None:
    ana, ben = window("ana").go("lost"), window("ben").go("lost")
    for round in range(3):
        for pid in stack.workers():
            stack.kill_worker(pid)
            ana.write(f"ana {round} {pid}")
            ben.write(f"ben {round} {pid}")
            run(stack.until_served())
    for each in (ana, ben):
        expect(each.page.locator('.message[data-state="stored"]')).to_have_count(12)
        assert each.numbers() == list(range(1, 13))
    assert ana.texts() == ben.texts()
    assert len(set(ana.texts())) == 12
