"""What calibration, prevalence and net benefit say now, in plain words."""

from dataclasses import asdict, dataclass
from math import floor

import numpy as np
import pandas as pd

from engine.judging.calibration import Calibration
from engine.judging.figures import written
from engine.judging.prevalence import Predictive
from engine.judging.recalibration import Recalibration
from engine.judging.sentences import cut, word

FAR = 0.05  # difference of two prevalences that is worth a sentence


@dataclass(frozen=True)
class Phrases:
    """How people with a class, and without it, are spoken of."""

    case: str  # pneumonia
    one: str  # 1 person ... has pneumonia
    many: str
    other: str  # alarms 1 ... healthy person
    others: str
    truly: str  # of those alarmed 20% ... are ill


# The words of the sentence, in a table of their own: a screen that moves with the hand fills in
# the same ones.
PEOPLE = {
    "start": "Of {total} people {ill} {have}; the model finds {found} of them and alarms {alarmed} "
    "{others}: ",
    "alarms": "of those alarmed {ppv} {truly}.",
    "silence": "nobody is alarmed.",
}


def phrases(classes: tuple[str, ...]) -> Phrases:
    """The words for a binary run's classes, the one that is looked for last."""
    negative, name = classes
    rest = "healthy" if negative == "NORMAL" else "other"
    others = (f"{rest} person", f"{rest} people")
    if name in ("PNEUMONIA", "BACTERIAL", "VIRAL"):
        case = word(name) if name == "PNEUMONIA" else f"{word(name)} pneumonia"
        truly = "are ill" if negative == "NORMAL" else "have it"
        return Phrases(case, f"has {case}", f"have {case}", *others, truly)
    return Phrases(word(name), f"is {word(name)}", f"are {word(name)}", *others, "are")


def people(found: Predictive, classes: tuple[str, ...]) -> str:
    """Natural frequencies: the same sentence that the icon array carries."""
    words, counted = phrases(classes), found.people
    values = {
        "total": f"{counted.ill + counted.healthy:,}",
        "have": words.one if counted.ill == 1 else words.many,
        "others": words.other if counted.alarmed == 1 else words.others,
        "truly": words.truly,
        "ppv": percent(found.ppv),
        "ill": counted.ill,
        **asdict(counted),
    }
    end = "silence" if found.ppv is None else "alarms"
    return (PEOPLE["start"] + PEOPLE[end]).format(**values)


def groups(classes: tuple[str, ...]) -> dict[str, str]:
    """The four groups of people in a few words each, for a legend."""
    words = phrases(classes)
    rest = words.others.split()[0]
    return {
        "found": f"{words.case}, found",
        "missed": f"{words.case}, missed",
        "alarmed": f"{rest}, false alarm",
        "left": f"{rest}, left alone",
    }


def percent(value: float | None) -> str:
    """A share in percent: whole between 1% and 99%, with a decimal near the ends."""
    if value is None:
        return "–"
    if 0.01 <= value <= 0.99:
        return f"{floor(100 * value + 0.5)}%"
    tenths = floor(1000 * value + 0.5)
    if tenths == 1000 and value < 1:
        return "over 99.9%"
    if tenths == 0 and value > 0:
        return "under 0.1%"
    return f"{tenths / 10:g}%"


def share(value: float) -> str:
    """A prevalence: three digits at most, so that 0.1% and 62.5% both can be said."""
    return f"{100 * value:.3g}%"


def calibration(found: Calibration) -> str:
    """The mean score beside the truth, and the group where they part most."""
    name = word(found.name)
    text = (
        f"The {found.images:,} scores average {written(found.mean, found.images)}; "
        f"{share(round(found.prevalence, 3))} of the X-rays are {name}."
    )
    table = found.table
    chance = (table["score"] >= table["share_low"]) & (table["score"] <= table["share_high"])
    if chance.all():
        return f"{text} In each of the {len(table)} groups the score keeps its word within chance."
    apart = table[~chance]
    terms = (apart["score"] - apart["share"]).abs() * apart["images"]
    worst = {name: float(apart[name].iloc[int(terms.argmax())]) for name in apart.columns}
    side = "too high" if worst["score"] > worst["share"] else "too low"
    return (
        f"{text} Furthest off: of the {worst['images']:,.0f} scored {worst['low']:.2f} to "
        f"{worst['high']:.2f}, on average {worst['score']:.2f}, {percent(worst['share'])} are "
        f"{name}, so these scores are {side}."
    )


def recalibrated(fitted: Recalibration, before: Calibration, after: Calibration) -> str:
    """What was fitted, on which images, and what it did to Brier score and ECE here."""
    knobs = {"temperature": "T", "slope": "a", "shift": "b", "levels": "steps"}
    values = ", ".join(f"{knobs[name]} = {value:.3g}" for name, value in fitted.parameters.items())
    text = (
        f"{fitted.method.label} ({values}), fitted on {fitted.of:,} {fitted.split} X-rays, "
        f"{_change('ECE', before.ece, after.ece)} and {_change('Brier', before.brier, after.brier)}"
        f" on the {before.images:,} {before.split} X-rays."
    )
    if fitted.split == before.split:
        return f"{text} These are the very images it was fitted on: that flatters it."
    if abs(fitted.prevalence - before.prevalence) > FAR:
        text += (
            f" {share(round(fitted.prevalence, 3))} of the {fitted.split} X-rays are "
            f"{word(before.name)}, {share(round(before.prevalence, 3))} of these: a fit there "
            "cannot know of the difference."
        )
    return text


def net_benefit(table: pd.DataFrame, now: pd.DataFrame) -> str:
    """What acting on the model is worth beside all and none; `now` is the table's row in force."""
    cutoff, model, everybody = (float(now[name].iloc[0]) for name in ("threshold", "model", "all"))
    odds = (1 - cutoff) / cutoff
    weight = f"{odds:.2g} false alarms" if odds >= 1 else f"1/{1 / odds:.2g} of a false alarm"
    text = (
        f"At {cut(cutoff)} finding a case weighs as much as {weight}. Per 100 people the model is "
        f"then worth {100 * model:.1f} cases found without a false alarm, treating all "
        f"{100 * everybody:.1f} and treating none 0: "
    )
    best, other = max((everybody, "treating all"), (0.0, "treating none"))
    if abs(model - best) < 0.0005:
        text += f"the model and {other} are as good."
    else:
        text += f"{'the model' if model > best else other} is best."
    return f"{text} {_where(table)}"


def _where(table: pd.DataFrame) -> str:
    wins = (table["model"] > table[["all", "none"]].max(axis=1) + 1e-9).to_numpy()
    places = np.flatnonzero(wins)
    if not len(places):
        return "Nowhere is the model better than both."
    low, high = table["threshold"].iloc[[places[0], places[-1]]]
    gaps = "" if wins[places[0] : places[-1]].all() else ", with gaps"
    return f"The model is better than both from {low:.2f} to {high:.2f}{gaps}."


def _change(what: str, before: float, after: float) -> str:
    old, new = (f"{value:.3f}" for value in (before, after))
    if old == new:
        return f"leaves {what} at {old}"
    return f"{'lowers' if after < before else 'raises'} {what} from {old} to {new}"
