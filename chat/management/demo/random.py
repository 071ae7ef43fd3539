from chat.management.demo.script import Line, Script, Talk

_TALKS = (
    Talk(
        day=3,
        at="12:10",
        lines=(
            Line("ben", "Lunch? The noodle place has the window table free, I can see it from here."),
            Line("mei", "Yes please. Five minutes, something is flashing."),
            Line("ana", "I brought soup. But I'll come along and watch you eat.", wait=2),
            Line("tomas", "Get me number 14, without coriander, with double everything else?", reactions={"👍": "ben"}),
            Line("ben", "They know you by number there.", wait=3, reactions={"😄": "ana mei"}),
        ),
    ),
    Talk(
        day=3,
        at="15:41",
        lines=(
            Line(
                "mei",
                "My tomato seedlings at home are talking to the hub. I now get up at six because number 3 is thirsty.",
            ),
            Line("ana", "Do they have names?", wait=2),
            Line("mei", "Number 3.", reactions={"😄": "ana ben tomas"}),
            Line("tomas", "Number 3 is the one to watch.", wait=4),
        ),
    ),
    Talk(
        day=2,
        at="10:22",
        lines=(
            Line("tomas", "Found in a returned box today: our probe, a thank-you card, and one very flat daffodil."),
            Line("ana", "Please tell me you kept the daffodil."),
            Line(
                "tomas",
                "It's pressed already. It hangs over the scale now.",
                wait=2,
                reactions={"🌼": "ana mei", "❤️": "ana"},
            ),
        ),
    ),
    Talk(
        day=2,
        at="13:30",
        lines=(
            Line("ben", "Is anyone up for the quiz tomorrow night? We need four, and one of us must know geography."),
            Line("mei", "I know soils. Does that count?", wait=5),
            Line("ben", "Soils are geography."),
            Line(
                "ana",
                "I'm in. I know capitals, but only of countries with good cheese.",
                wait=3,
                reactions={"🧀": "ben mei"},
            ),
            Line("tomas", "So, all of them. Count me in too.", wait=6),
            Line(
                "ben",
                "Booked: tomorrow at eight, as *The Damp Patch*. I could not think of anything better.",
                wait=4,
                reactions={"😄": "ana tomas mei"},
            ),
        ),
    ),
    Talk(
        day=1,
        at="12:24",
        lines=(
            Line("ana", "There is a second-hand book market by the river until six."),
            Line("ana", "I bought three and I'm not sorry.", wait=41, deleted=True),
            Line("mei", "I saw that. I count five.", wait=2, reactions={"👀": "tomas ben"}),
            Line("ana", "Two of them are thin.", reactions={"😄": "mei ben tomas"}),
        ),
    ),
    Talk(
        day=1,
        at="16:48",
        lines=(
            Line("admin", "The coffee machine asks to be descaled again. I have the tablets, who has ten minutes?"),
            Line("ben", "I'll do it, I drink most of it.", wait=3, reactions={"☕": "ana tomas mei admin"}),
            Line("ben", "Done. It now says **BEAN**, which I choose to read as praise.", wait=26),
            Line("tomas", "It wants beans.", wait=2),
            Line("ben", "It can want and praise at once.", reactions={"😄": "ana mei"}),
        ),
    ),
    Talk(
        minutes_ago=121,
        lines=(
            Line("mei", "Quiz report for those who could not come: fourth of eleven."),
            Line("ana", "We lost a point on the capital of Bhutan, and I would like to say that I *knew*.", wait=2),
            Line("ben", "You did. I wrote down the other thing.", reactions={"🙈": "tomas mei"}),
            Line(
                "tomas",
                "But we had full marks in *Things that grow underground*.",
                wait=3,
                reactions={"🥕": "ana mei ben"},
            ),
        ),
    ),
    Talk(
        minutes_ago=52,
        lines=(
            Line("mei", "Number 3 has its first flower 🌼"),
            Line("tomas", "Cake *and* a flower. What a day.", wait=4, reactions={"❤️": "mei"}),
            Line("ana", "Send a picture when it has forgiven you for the transplanting.", wait=9),
            Line(
                "ben",
                "A podcast for the way home, about moss and how patient it is: https://www.bbc.co.uk/sounds",
                wait=13,
            ),
            Line("mei", "Saved for tonight, thanks!", wait=6),
        ),
    ),
)

RANDOM = Script(
    slug="random",
    name="Random",
    topic="Lunch, plants and things worth a look",
    members=("admin", "ana", "ben", "mei", "tomas"),
    talks=_TALKS,
    unread={"ana": 2, "ben": 1, "admin": 9},
)
