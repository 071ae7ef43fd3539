"""What the demonstration says: four days at a small company that makes a soil sensor and the app for it."""

from chat.management.demo.engineering import ENGINEERING
from chat.management.demo.general import GENERAL
from chat.management.demo.leads import LEADS
from chat.management.demo.random import RANDOM

ROOMS = (GENERAL, RANDOM, ENGINEERING, LEADS)
PEOPLE = ("admin", "ana", "ben", "mei", "tomas", "herald")
ADMINISTRATOR = "admin"
SIGNING_IN = ("ana", "ben", "admin")
