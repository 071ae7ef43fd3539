from chat.management.demo.script import Line, Script, Talk

_LOST_HOUR = (
    Talk(
        day=3,
        at="09:48",
        lines=(
            Line("herald", "Built `hub-api` 5.12.0 from `main`: 412 tests, 1 min 53 s. On staging."),
            Line(
                "tomas",
                "A question from support: a customer in the Azores has an hour missing in her chart, "
                "every day at the same place.",
                wait=12,
            ),
            Line("ben", "Which hour?", wait=2),
            Line("tomas", "Between one and two at night, she says. It's drawn as a gap.", wait=3),
            Line(
                "mei",
                "The probe has it. I asked her hub for the raw readings, nothing is missing there.",
                wait=11,
                reactions={"👀": "ben"},
            ),
            Line("ben", "Then it's mine. The roll-up sorts readings into hours of the *server's* day:", wait=19),
            Line(
                "ben",
                "```python\n"
                "def hour_of(reading: Reading) -> datetime:\n"
                "    local = reading.at.astimezone()  # whose zone? ours!\n"
                "    return local.replace(minute=0, second=0, microsecond=0)\n"
                "```",
            ),
            Line("mei", "Ah. And the Azores are an hour behind us, except when they are not.", wait=2),
            Line(
                "ben",
                "I'll give the garden its own zone and roll up in that. The docs are good on this: https://docs.python.org/3/library/zoneinfo.html",
                wait=4,
                reactions={"👍": "mei"},
            ),
        ),
    ),
    Talk(
        day=3,
        at="14:52",
        lines=(
            Line(
                "ben",
                "Fixed, with a test for the two nights of the year that have 23 and 25 hours:\n\n"
                "```python\n"
                "def hour_of(reading: Reading, garden: Garden) -> datetime:\n"
                '    """The start of the hour in the garden\'s own time."""\n'
                "    local = reading.at.astimezone(ZoneInfo(garden.zone))\n"
                "    return local.replace(minute=0, second=0, microsecond=0)\n"
                "```",
                reactions={"🎉": "mei tomas"},
            ),
            Line("mei", "Two hours in autumn share a name then. Does the chart cope?", wait=5),
            Line(
                "ben",
                "It does, `fold` tells them apart. I checked by moving my desk to the Azores in settings.",
                wait=3,
                reactions={"😄": "mei"},
            ),
            Line("tomas", "May I tell her it's fixed?", wait=6),
            Line(
                "ben",
                "Tomorrow morning, with the next deploy. The old days get rolled up again over night.",
                reactions={"🙏": "tomas"},
            ),
        ),
    ),
)

_BATTERY = (
    Talk(
        day=2,
        at="09:40",
        lines=(
            Line("herald", "Deployed `hub-api` 5.12.1: hours in the garden's own time. Error rate 0.00 %, p95 84 ms."),
            Line(
                "tomas",
                "She writes: *all my nights are back*. I'll frame that.",
                wait=46,
                reactions={"❤️": "ben mei ana"},
            ),
        ),
    ),
    Talk(
        day=2,
        at="13:05",
        lines=(
            Line(
                "mei",
                "Firmware 2.4 on the bench for three days now, three batches of eight probes. Current while asleep:\n\n"
                "| batch | 2.3 | 2.4 |\n"
                "|---|---:|---:|\n"
                "| A | 6.1 µA | 4.0 µA |\n"
                "| B | 6.3 µA | 4.1 µA |\n"
                "| C | 6.2 µA | 5.9 µA |",
            ),
            Line("ben", "C stands out.", wait=3),
            Line(
                "mei",
                "It does. A and B have the new sensor chip, C the old one. "
                "It keeps its clock running unless one asks it twice not to.",
                wait=2,
            ),
            Line("ana", "What does a third less mean for somebody with a garden?", wait=8),
            Line(
                "mei",
                "One more winter. Three and a half years instead of two and a half, on the same battery.",
                wait=2,
                reactions={"🤩": "ana", "🚀": "ben tomas"},
            ),
            Line("ana", "That's the headline for the box, then."),
            Line(
                "mei",
                "Please wait for batch C. I'd like to print a number that holds in February.",
                wait=2,
                reactions={"💯": "ana ben"},
            ),
        ),
    ),
    Talk(
        day=2,
        at="17:22",
        lines=(
            Line(
                "mei",
                "Asked it twice:\n\n"
                "```c\n"
                "/* The old chip honours the second write only. */\n"
                "sht_write(SHT_CLOCK, SHT_CLOCK_OFF);\n"
                "sht_write(SHT_CLOCK, SHT_CLOCK_OFF);\n"
                "```\n\n"
                "Batch C is at **4.2 µA**. It runs over night, good night!",
                at_first="Asked it twice, and batch C is at **4.2 mA**. It runs over night, good night!",
                reactions={"😄": "ben", "👏": "ana tomas"},
            ),
            Line("ben", "Milliamperes would have been a short night. Good night!", wait=3),
        ),
    ),
)

_CHARTS = (
    Talk(
        day=1,
        at="09:16",
        lines=(
            Line(
                "mei",
                "Batch C slept well: 4.2 µA, flat as a pond. 2.4 is a candidate.",
                reactions={"🎉": "ben ana", "🌊": "tomas"},
            ),
            Line("herald", "Tagged `firmware` 2.4.0-rc1. Images for all three boards are signed.", wait=9),
            Line("ben", "@mei how do you want to roll it out?", wait=14),
            Line(
                "mei",
                "As always, slowly:\n\n"
                "1. our own garden, tonight\n"
                "2. the first hundred who ticked *early*, tomorrow\n"
                "3. a tenth of the rest, then everyone\n\n"
                "and it goes back by itself when a probe misses three readings.",
                wait=6,
                reactions={"👍": "ben tomas"},
            ),
            Line("tomas", "I'll put a note for the team: what's new, and how to see the version in the app.", wait=5),
        ),
    ),
    Talk(
        day=1,
        at="15:10",
        lines=(
            Line("ben", "Night and day in the charts, first try. Is the shade too dark on a phone outdoors?"),
            Line("ana", "A little. Try half of it, and let the edge be soft, dusk is not a line.", wait=7),
            Line("ben", "Dusk is not a line. Going into the commit message.", wait=2, reactions={"😄": "ana"}),
            Line(
                "ben",
                "Half, and soft:\n\n"
                "```css\n"
                ".chart-night {\n"
                "  fill: oklch(0.4 0.03 260 / 0.08);\n"
                "  mask: linear-gradient(to right, transparent, black 12%, black 88%, transparent);\n"
                "}\n"
                "```",
                wait=18,
            ),
            Line(
                "ana", "Yes! Went out to the yard with it, I can read it in the sun.", wait=11, reactions={"☀️": "ben"}
            ),
            Line("herald", "Built `app` 7.3.0 from `main`: 1,208 tests, 4 min 12 s. On staging.", wait=22),
        ),
    ),
)

_ROLLOUT = (
    Talk(
        minutes_ago=132,
        lines=(
            Line("herald", "Firmware 2.4.0-rc1: our garden, 14 of 14 probes updated, 0 went back."),
            Line("mei", "Good. I'm starting the first hundred.", wait=8, reactions={"🤞": "ben tomas ana"}),
            Line("ben", "I have the readings per minute on the big screen, shout if you want it elsewhere.", wait=3),
            Line("herald", "Firmware 2.4.0-rc1: 61 of 100 probes updated, 0 went back.", wait=34),
            Line(
                "tomas",
                "First mail: somebody noticed that the light blinks green now and likes it.",
                wait=12,
                reactions={"💚": "mei"},
            ),
        ),
    ),
    Talk(
        minutes_ago=47,
        lines=(
            Line("herald", "Firmware 2.4.0-rc1: 98 of 100 probes updated, 1 went back."),
            Line(
                "mei",
                "One went back, as it should: its radio was at -96 dBm. It sits behind a stone wall, poor thing.",
                wait=6,
            ),
            Line("ben", "And the hundredth?", wait=4),
            Line(
                "mei",
                "Asleep until noon. Its owner has set it to *rarely*, and it's very good at that.",
                wait=2,
                reactions={"😄": "ben ana"},
            ),
            Line(
                "ben",
                "Then I'd call it a success. I'll deploy app 7.3 after lunch, unless somebody minds.",
                wait=14,
                reactions={"🚀": "mei"},
            ),
            Line(
                "mei",
                "Nobody minds. Please check `/gardens/{id}/hours` afterwards, "
                "it's the one place that still adds up by itself.",
                wait=5,
            ),
        ),
    ),
)

ENGINEERING = Script(
    slug="engineering",
    name="Engineering",
    topic="Firmware 2.4, the hub's API and whatever is on the bench",
    members=("mei", "ben", "ana", "tomas", "herald"),
    talks=_LOST_HOUR + _BATTERY + _CHARTS + _ROLLOUT,
    unread={"ana": 4, "ben": 1},
)
