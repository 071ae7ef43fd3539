from chat.management.demo.script import Line, Script, Talk

_TALKS = (
    Talk(
        day=3,
        at="10:30",
        lines=(
            Line("ana", "Before two o'clock: what can we promise the botanical garden for delivery?"),
            Line("mei", "Sixty probes from the shelf. More needs four weeks, the housings are the slow part.", wait=4),
            Line("admin", "The housing maker answered this morning: three weeks, if we order this week.", wait=6),
            Line("ana", "Then I'll say five, and we'll be early.", wait=2, reactions={"👍": "mei admin"}),
        ),
    ),
    Talk(
        day=2,
        at="14:15",
        lines=(
            Line("admin", "Two more people applied for the workshop. I liked the second one, she repairs accordions."),
            Line("mei", "Then she can do the battery doors.", wait=3, reactions={"😄": "ana admin"}),
            Line("admin", "I'll ask her in for an afternoon next week. @mei, would you show her the bench?", wait=5),
            Line("mei", "With pleasure. Not Tuesday, that's the institute.", wait=2),
        ),
    ),
    Talk(
        day=1,
        at="10:05",
        lines=(
            Line(
                "ana",
                "For the year-end letter I'd like three numbers, please check mine:\n\n"
                "- 2,310 gardens, a third more than last year\n"
                "- 9 of 10 probes from the first year still in use\n"
                "- 41 returned, 37 repaired",
            ),
            Line("mei", "The second is 88 %, I'd write *almost 9 of 10*.", wait=9),
            Line("admin", "39 repaired. Two came back from the bench yesterday.", wait=4, reactions={"🎉": "mei"}),
            Line("ana", "Changed both. Honest numbers read better anyway.", wait=3, reactions={"❤️": "mei admin"}),
        ),
    ),
    Talk(
        minutes_ago=104,
        lines=(
            Line("ana", "They took all of it: 120 probes, 6 hubs, and a maintenance plan for three years."),
            Line("admin", "I'll order the housings today, then. With ten spare?", wait=3),
            Line("mei", "Twenty. The palm house is hard on everything.", wait=2, reactions={"👍": "ana"}),
            Line(
                "admin",
                "Twenty it is. Ordered, delivery in three weeks, confirmed in writing.",
                wait=25,
                reactions={"🙏": "ana mei"},
            ),
            Line("ana", "Thank you both. Let's tell the others who did what when we have the cake.", wait=4),
        ),
    ),
)

LEADS = Script(
    slug="leads",
    name="Leads",
    topic="Plans, people and orders",
    members=("admin", "ana", "mei"),
    talks=_TALKS,
    unread={"admin": 1},
    private=True,
)
