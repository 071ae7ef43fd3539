"""How gunicorn runs a Parley whose workers obey `Orders`: the product's own configuration, and a hook."""

from typing import Any

from chatproject.serving.gunicorn_conf import *  # noqa: F403


def post_fork(server: Any, worker: Any) -> None:
    # Not sooner: a thread does not outlive the fork. Not later: the product keeps the clock that it is imported with.
    from chaos.sabotage import clock
    from chaos.sabotage.deeds import Deeds
    from chaos.sabotage.orders import Orders
    from chatproject import env

    clock.plant(Orders(env.read().data_dir), Deeds(env.read().data_dir))


def post_worker_init(worker: Any) -> None:
    # Only now: the product may not be imported before the fork.
    from chaos.sabotage import answers, deafness, deaths, hints, judging
    from chaos.sabotage.deeds import Deeds
    from chaos.sabotage.orders import Orders
    from chatproject import env

    orders, deeds = Orders(env.read().data_dir), Deeds(env.read().data_dir)
    for part in (deaths, answers, deafness):
        part.plant(orders)
    hints.plant(orders, deeds)
    judging.plant(orders, deeds, pid=worker.pid)
