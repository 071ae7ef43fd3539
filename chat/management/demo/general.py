from chat.management.demo.script import Line, Script, Talk

_THREE_DAYS_AGO = (
    Talk(
        day=3,
        at="08:55",
        lines=(
            Line(
                "herald",
                "Good morning. Today in the calendar:\n\n"
                "- 09:30 Stand-up, at the long table\n"
                "- 14:00 Call with the botanical garden\n"
                "- 16:30 Demo, everyone is welcome",
            ),
            Line(
                "ana",
                "Morning all ☀️ The call at two is about the **winter order**. I would love to have an engineer there.",
                wait=6,
            ),
            Line("mei", "I'll come. Do they still have the first probes in the palm house?", wait=3),
            Line("ana", "They do. Forty of them, in their third year."),
            Line(
                "tomas",
                "Forty-one. One came back last week because the gardener had cleaned it with the hose. It works.",
                wait=2,
                reactions={"😄": "ana ben mei", "💪": "mei"},
            ),
            Line("ben", "That belongs on the website.", reactions={"💯": "tomas"}),
            Line(
                "admin",
                "From me: the fire drill is tomorrow at eleven. Stairs, please, also from the workshop.",
                wait=14,
            ),
            Line("tomas", "Noted. I'll have the phone on the answering machine from five to.", wait=5),
        ),
    ),
    Talk(
        day=3,
        at="17:04",
        lines=(
            Line(
                "ana",
                "Thank you all for the demo! What I wrote down:\n\n"
                "1. The new *dry soil* card is clear, let's ship it\n"
                "2. The charts should show night and day\n"
                "3. Nobody found the export, me included",
                reactions={"🌱": "mei tomas ben"},
            ),
            Line("ben", "3 is my doing. It moved behind the three dots in spring.", wait=2),
            Line("mei", "2 is small, the hub sends sunrise and sunset already."),
            Line(
                "tomas",
                "Support would light a candle for 3. Eleven people asked for it this month, one of them by letter.",
                wait=3,
                reactions={"😄": "ana mei"},
            ),
            Line("ana", "Then 3 goes first. @ben, can it move back to where it was?"),
            Line("ben", "Yes. Tomorrow before lunch.", reactions={"🙏": "tomas ana"}),
        ),
    ),
)

_TWO_DAYS_AGO = (
    Talk(
        day=2,
        at="09:01",
        lines=(
            Line("herald", "Good morning. Today: 09:30 Stand-up · 11:00 Fire drill · 15:00 Ana with the printers"),
            Line(
                "tomas",
                "The courier comes at ten today, not at noon. Anything that must go out, please on the green shelf.",
                wait=17,
            ),
            Line("mei", "Two hubs for Lisbon are on it, labels are inside."),
            Line("ana", "And the sample box for the fair, it's the one with the ribbon 🎀", wait=2),
        ),
    ),
    Talk(
        day=2,
        at="11:12",
        lines=(
            Line(
                "admin",
                "Everyone out in 3 minutes 40. Last year it was 6 minutes. Very well done!",
                reactions={"🎉": "ana ben mei tomas", "🔥": "ben"},
            ),
            Line("tomas", "Last year I was on the phone with a customer.", wait=2),
            Line("admin", "I remember.", reactions={"😄": "mei ben ana tomas"}),
            Line(
                "ben",
                "The export is back in the header, live since a minute ago. @tomas, tell the letter writer.",
                wait=31,
            ),
            Line("tomas", "I'll write back by hand. Thank you!", wait=4, reactions={"❤️": "ana ben"}),
        ),
    ),
    Talk(
        day=2,
        at="16:20",
        lines=(
            Line(
                "ana",
                "The printers can do the new box in recycled board, same price from 500 on. "
                "Proofs on my desk until tomorrow, please have a look and scribble on them.",
            ),
            Line(
                "mei", "The green one feels lovely. The opening is a bit tight for the probe with its cap on.", wait=24
            ),
            Line("ana", "Good catch, I'll ask for three millimetres more.", wait=3, reactions={"👍": "mei"}),
        ),
    ),
)

_YESTERDAY = (
    Talk(
        day=1,
        at="08:58",
        lines=(
            Line("herald", "Good morning. Today: 09:30 Stand-up · 13:00 Planning · Mei is at the institute from 15:00"),
            Line(
                "admin",
                "New on the wall by the kitchen: who waters which plant while people are away. Please sign up.",
                wait=12,
            ),
            Line("ben", "We make a device that tells people when to water plants.", wait=2),
            Line(
                "admin",
                "Exactly. And the fern in the hall is dying of shame.",
                reactions={"😄": "ana ben tomas mei", "🪴": "mei"},
            ),
            Line("tomas", "I'll take the fern. It gets a probe, as an example to others.", wait=3),
        ),
    ),
    Talk(
        day=1,
        at="14:35",
        lines=(
            Line(
                "ana",
                "Planning in short, so that everybody has it in one place:\n\n"
                "| What | Who | By |\n"
                "|---|---|---|\n"
                "| Firmware 2.4 to the first hundred | Mei | tomorrow |\n"
                "| Night and day in the charts | Ben | tomorrow |\n"
                "| New box, proof signed | Ana | tomorrow |\n"
                "| Spare parts in the shop | Tomas | next week |",
                reactions={"👍": "ben mei tomas admin"},
            ),
            Line("tomas", "Spare parts will be caps and batteries first. Stakes need new photos.", wait=6),
            Line("ana", "I can take the photos tomorrow, the light in the yard is best before ten.", wait=2),
            Line("ben", "The shop can show stock from the shelf scanner by then, if that helps.", wait=9),
            Line("tomas", "It would help more than you know.", reactions={"👍": "ben"}),
        ),
    ),
)

_TODAY = (
    Talk(
        minutes_ago=146,
        lines=(
            Line("herald", "Good morning. Today: Stand-up at half past · Ana takes photos · the window cleaners come"),
            Line("ana", "Proof for the box is signed and sent 🎉", wait=13, reactions={"🎉": "mei ben tomas"}),
            Line(
                "tomas",
                "The botanical garden ordered: **120 probes and 6 hubs**, for all the glass houses.",
                wait=22,
                reactions={"🚀": "ana ben mei admin", "🌱": "ana", "👏": "ben"},
            ),
            Line("mei", "All of them?! That is wonderful. Ana, your call.", wait=2),
            Line(
                "ana",
                "Our call. They liked that you knew every one of the old probes by its number.",
                wait=3,
                reactions={"❤️": "mei"},
            ),
            Line("admin", "There will be cake at four. The lemon one.", wait=8, reactions={"🍰": "ana ben mei tomas"}),
        ),
    ),
    Talk(
        minutes_ago=38,
        lines=(
            Line("ben", "Could somebody let the window cleaners into the workshop? I'm in a call.", wait=0),
            Line("tomas", "On my way.", wait=2, reactions={"🙏": "ben"}),
            Line("ana", "Photos of the stakes are in the shared folder, the first twelve are the good ones.", wait=16),
            Line("tomas", "They look like jewellery. Thank you!", wait=5),
        ),
    ),
)

GENERAL = Script(
    slug="general",
    name="General",
    topic="What everybody should know, and everything without a room of its own",
    members=("admin", "ana", "ben", "mei", "tomas", "herald"),
    talks=_THREE_DAYS_AGO + _TWO_DAYS_AGO + _YESTERDAY + _TODAY,
    unread={"ana": 1, "ben": 3, "admin": 6},
)
