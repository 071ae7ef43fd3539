"""The generated parts of the page, each from the results of one run."""

from collections import Counter

from bench import model
from bench.report.markdown import number, table
from bench.report.summary import Figure, flawless, middle
from bench.report.targets import Target, targets
from bench.results import Results
from bench.scenarios.durable import DURABLE
from bench.scenarios.fan_out import SATURATED, SINGLE, SIZES, STEADY, STEADY_RATES
from bench.scenarios.herd import HERD
from bench.scenarios.idle import IDLE
from bench.scenarios.scaling import ROOM_COUNTS, ROOMS, WORKER_COUNTS, WORKERS
from bench.scenarios.sockets import HELLO, MEMORY, OPENED, STORM
from bench.scenarios.trouble import SLOW_QUERY, SLOW_READER

VERDICTS = {True: "met", False: "**missed**", None: "not measured"}


def machine(results: Results) -> str:
    it = results.machine
    failed = Counter(failure.step for failure in results.failures)
    versions = ", ".join(f"{name} {version}" for name, version in it.versions.items())
    return "\n".join(
        [
            f"`{results.command}`, {results.date}, {results.seconds / 60:.0f} minutes. {it.processor},"
            f" {it.cores} cores, {it.memory_gib} GiB, {it.system}, Python {it.python}.",
            f"Other programs used {results.others:.0%} of the processors meanwhile.",
            "",
            f"{versions}.",
            *(f"\nNot measured in {count} of the repeats: {step}." for step, count in failed.items()),
        ]
    )


def goals(results: Results) -> str:
    return table(["what", "wanted", "measured", ""], [_goal(target) for target in targets(results)])


def _goal(target: Target) -> list[str]:
    sign = "≤" if target.at_most else "≥"
    wanted = f"{sign} {number(target.wanted, target.unit)}" if target.wanted else "0"
    measured = "0" if target.measured == 0 else number(target.measured, target.unit)
    return [target.what, wanted, measured, VERDICTS[target.met]]


def fan_out(results: Results) -> str:
    return "\n\n".join(
        [
            "CPU of the server for each delivery, in µs:",
            _by_size(results, lambda each: each.us_per_delivery),
            "Deliveries a second:",
            _by_size(results, lambda each: each.deliveries_per_second),
            f"![CPU a delivery by members of the room](performance/{SATURATED}.svg)",
        ]
    )


def _by_size(results: Results, figure: Figure) -> str:
    rows = [
        [
            name,
            *(number(middle(results.of(SATURATED, name, sockets=size), figure)) for size in SIZES),
            _proof(results, name),
        ]
        for name in results.contestants(SATURATED)
    ]
    return table(["members", *map(str, SIZES), "every message once, one order"], rows)


def _proof(results: Results, name: str) -> str:
    return "yes" if flawless(results.of(SATURATED, name)) else "**no**"


def single(results: Results) -> str:
    head = ["1,000 members, one message under way", "CPU a delivery, µs", "p50, ms", "p99, ms"]
    rows = []
    for name in results.contestants(SINGLE):
        of = results.of(SINGLE, name)
        rows.append(
            [
                name,
                number(middle(of, lambda each: each.us_per_delivery)),
                number(middle(of, lambda each: each.others_ms.p50)),
                number(middle(of, lambda each: each.others_ms.p99)),
            ]
        )
    return table(head, rows)


def steady(results: Results) -> str:
    rows = []
    for name in results.contestants(STEADY):
        cells = [name]
        for rate in STEADY_RATES:
            of = results.of(STEADY, name, rate=rate)
            p50, p99 = middle(of, lambda each: each.others_ms.p50), middle(of, lambda each: each.others_ms.p99)
            cells.append(f"{number(p50)} / {number(p99)}")
        rows.append(cells)
    return table(["500 members; p50 / p99 in ms", *(f"{rate} messages a second" for rate in STEADY_RATES)], rows)


def durable(results: Results) -> str:
    head = ["200 rooms of 2", "stored messages a second", "CPU a message, µs", "p50, ms", "p99, ms"]
    rows = []
    for name in results.contestants(DURABLE):
        of = results.of(DURABLE, name)
        stored = [each.measured.ack_ms if each.measured.acked else each.measured.self_ms for each in of]
        rows.append(
            [
                name,
                number(middle(of, lambda each: each.messages_per_second)),
                number(middle(of, lambda each: each.us_per_message)),
                number(sorted(each.p50 for each in stored)[len(stored) // 2]),
                number(sorted(each.p99 for each in stored)[len(stored) // 2]),
            ]
        )
    return table(head, rows)


def idle(results: Results) -> str:
    head = ["50 messages a second, p50 / p99 in ms", "acknowledged", "with somebody else", "CPU a message, µs"]
    rows = []
    for name, workers in dict.fromkeys((row.contestant, row.setting["workers"]) for row in results.of(IDLE)):
        of = results.of(IDLE, name, workers=workers)
        acked = [number(middle(of, lambda each: each.ack_ms.p50)), number(middle(of, lambda each: each.ack_ms.p99))]
        theirs = [
            number(middle(of, lambda each: each.others_ms.p50)),
            number(middle(of, lambda each: each.others_ms.p99)),
        ]
        rows.append(
            [
                f"{name}{', on two workers' if workers == 2 else ''}",
                " / ".join(acked) if of[0].measured.acked else "-",
                " / ".join(theirs),
                number(middle(of, lambda each: each.us_per_message)),
            ]
        )
    return table(head, rows)


def sockets(results: Results) -> str:
    head = ["", "connect, CPU in ms", "500 at once, s", "idle memory, KiB a socket"]
    rows = []
    hello = middle(results.of(HELLO), lambda each: each.connect_cpu_us / 1000)
    rows.append(["Parley, to `hello`", number(hello), "-", "-"])
    for name in results.contestants(OPENED):
        rows.append(
            [
                f"{name}, with a room open" if name == "Parley" else name,
                number(middle(results.of(OPENED, name), lambda each: each.connect_cpu_us / 1000)),
                number(middle(results.of(STORM, name), lambda each: each.connect_seconds)),
                number(middle(results.of(MEMORY, name), lambda each: each.memory_kib)),
            ]
        )
    return table(head, rows)


def herd(results: Results) -> str:
    head = ["3,000 sockets", "50 % back, s", "95 %", "all", "failed connects", "without what was said meanwhile"]
    rows = []
    for name in results.contestants(HERD):
        measured = [row.measured for row in results.of(HERD, name)]
        slowest = max((each.back_seconds or [] for each in measured), key=lambda back: back[-1:])
        counts = [max(each.failed_returns for each in measured), max(each.incomplete_sockets for each in measured)]
        rows.append([name, *(number(each) for each in slowest), *map(str, counts)])
    queries = [row.extra["queries_per_resume"] for row in results.of(HERD) if row.extra]
    asked = f"\n\nParley asks the database {number(max(queries))} times a resume." if queries else ""
    return f"The slowest of the repeats:\n\n{table(head, rows)}{asked}"


def trouble(results: Results) -> str:
    head = ["", "p50 of the others, ms", "p99", "slow readers closed", "server's memory, MiB"]
    rows = []
    for first in [*results.of(SLOW_READER), *results.of(SLOW_QUERY)]:
        if first.repeat == 0:
            repeats = results.of(first.scenario, first.contestant, **first.setting)
            setting = ", ".join(f"{name}: {value}" for name, value in first.setting.items())
            rows.append(
                [
                    f"{first.contestant}, {first.scenario} ({setting})",
                    number(middle(repeats, lambda each: each.others_ms.p50)),
                    number(middle(repeats, lambda each: each.others_ms.p99)),
                    str(max(each.measured.closed_as_too_slow for each in repeats)),
                    number(middle(repeats, lambda each: each.memory_after_mib)),
                ]
            )
    return table(head, rows)


def growth(results: Results) -> str:
    head = [
        "",
        "messages a second",
        "deliveries a second",
        "CPU a message, µs",
        "CPU a delivery, µs",
        "Redis a message, µs",
    ]
    cases = [(WORKERS, {"workers": each}, f"400 sockets of one room, workers: {each}") for each in WORKER_COUNTS]
    cases += [(ROOMS, {"rooms": each}, f"500 sockets on one worker, rooms: {each}") for each in ROOM_COUNTS]
    figures: list[Figure] = [
        lambda each: each.messages_per_second,
        lambda each: each.deliveries_per_second,
        lambda each: each.us_per_message,
        lambda each: each.us_per_delivery,
        lambda each: each.store_us_per_message,
    ]
    rows = []
    for scenario, setting, title in cases:
        of = results.of(scenario, None, **setting)
        rows.append([title, *(number(middle(of, figure)) for figure in figures)])
    return table(head, rows)


def profiles(results: Results) -> str:
    if not results.profiles:
        return "This system did not let the worker be sampled."
    parts = []
    for scenario, hot in results.profiles.items():
        rows = [[f"`{each.function}`", f"{each.own:.0%}", f"{each.total:.0%}"] for each in hot]
        parts.append(f"{scenario[0].upper()}{scenario[1:]}:\n\n" + table(["function", "itself", "with callees"], rows))
    return "\n\n".join(parts)


def scaling_model(results: Results) -> str:
    costs = model.costs(results)
    if costs is None:
        return "This run did not measure what the model needs."
    return "\n\n".join([model.costs_table(costs), model.sizes_table(costs), model.check_table(costs, results)])


SECTIONS = {
    "machine": machine,
    "targets": goals,
    "fan-out": fan_out,
    "single": single,
    "steady": steady,
    "durable": durable,
    "idle": idle,
    "sockets": sockets,
    "herd": herd,
    "trouble": trouble,
    "growth": growth,
    "profiles": profiles,
    "model": scaling_model,
}
