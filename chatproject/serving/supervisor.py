"""All of Parley with one command: `python -m chatproject.serving.supervisor [--proxy]`, which `bin/run` calls."""

import argparse
import asyncio
import os
import resource
import signal
import sys
from typing import NoReturn

from chatproject import env
from chatproject.serving import nginx
from chatproject.serving.address import Address, CannotListen
from chatproject.serving.places import AlreadyRunning, Places
from chatproject.serving.plan import Plan
from chatproject.serving.service import NotStarted

OPEN_FILES = 65_536
STOP_SECONDS = 5.0
# A little more than gunicorn's graceful timeout.
WEB_STOP_SECONDS = 35.0


def main() -> None:
    arguments = argparse.ArgumentParser(description="Run Parley.")
    arguments.add_argument("--proxy", action="store_true", help="with nginx in front, which spreads people evenly")
    proxy = arguments.parse_args().proxy
    # The database, the secret and the sessions in it are nobody else's to read.
    os.umask(0o077)
    environment = env.read()
    address = Address(environment.host, environment.port)
    try:
        program = nginx.binary() if proxy else None
        address.check_free()
        places = Places.open(environment.data_dir)
    except nginx.ProxyMissing:
        _give_up("There is no nginx: install it (apt install nginx-light), or run without --proxy.")
    except CannotListen as reason:
        _give_up(str(reason))
    except AlreadyRunning:
        _give_up(f"Parley is running already with {environment.data_dir}; DATA_DIR chooses another.")
    _allow_open_files()
    try:
        sys.exit(asyncio.run(_supervise(Plan(environment, places, proxy=program), ready=address.url())))
    finally:
        places.close()


async def _supervise(plan: Plan, *, ready: str) -> int:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None

    def stop() -> None:
        # The second signal ends a stop that waits for workers to drain.
        if task.cancelling():
            plan.web.send(signal.SIGQUIT)
        else:
            print("Stopping.", flush=True)
            task.cancel()

    loop.add_signal_handler(signal.SIGTERM, stop)
    loop.add_signal_handler(signal.SIGINT, stop)
    loop.add_signal_handler(signal.SIGHUP, plan.web.send, signal.SIGHUP)
    try:
        status = await _run(plan, ready=ready)
        print(f"gunicorn ended with status {status}.", file=sys.stderr)
        return status
    except asyncio.CancelledError:
        return 0
    except NotStarted as failure:
        print(failure, file=sys.stderr)
        return failure.status


async def _run(plan: Plan, *, ready: str) -> int:
    """Until gunicorn ends: its exit status. Leaves nothing running, whatever happens."""
    keepers = []
    try:
        if status := await plan.prepare.run():
            raise NotStarted("The database or the static files could not be prepared.", status)
        for service in filter(None, [plan.valkey, plan.web, plan.nginx]):
            await service.up()
            if service is not plan.web:
                keepers.append(asyncio.create_task(service.keep()))
        print(f"Parley is ready at {ready}", flush=True)
        return await plan.web.ended()
    finally:
        for keeper in keepers:
            keeper.cancel()
        await _stop(plan)


async def _stop(plan: Plan) -> None:
    await plan.prepare.stop(seconds=STOP_SECONDS)
    await plan.web.stop(seconds=WEB_STOP_SECONDS)
    for service in filter(None, [plan.nginx, plan.valkey]):
        await service.stop(seconds=STOP_SECONDS)


def _allow_open_files() -> None:
    """Each WebSocket needs one descriptor here and two in nginx; the usual 1024 would be few."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _give_up(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
