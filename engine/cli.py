"""The command line: arguments in, one answer out, one clear line on errors."""

import argparse
import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, NoReturn

from engine.cli_arguments import CAM, MEANS, METHOD, SHIP, STUDY, TRUST
from engine.words.errors import Cancelled, CxrError
from engine.words.quiet import quiet_stderr

Command = Callable[[argparse.Namespace], "Answer"]
SPLITS = ("train", "validation", "test")

Argument = tuple[str, dict[str, Any]]
RUN: Argument = ("run", {"metavar": "RUN"})
PRESET: Argument = ("preset", {"metavar": "PRESET"})
SPLIT: Argument = ("--split", {"choices": SPLITS, "default": "test"})

# name, what it does, module:function, arguments
COMMANDS: tuple[tuple[str, str, str, tuple[Argument, ...]], ...] = (
    ("presets", "List the experiments that can be trained by name.", "cli_training:presets", ()),
    ("networks", "List networks, their cuts and what they cost here.", "cli_networks:networks", ()),
    ("summary", "Count a preset's parameters.", "cli_training:summary", (PRESET,)),
    (
        "data",
        "Count a source's images and find what is wrong; or add or remove a source.",
        "cli_data:data",
        (
            ("source", {"metavar": "SOURCE", "help": "folder, name or phantom; add, lab, remove"}),
            (
                "more",
                {"metavar": "NAME PATH", "nargs": "*", "help": "after add; NAME after the others"},
            ),
            ("--patients", {"metavar": "REGEX", "default": "", "help": "the patient in a path"}),
            ("--class", {"metavar": "CLASS", "dest": "of_class", "default": ""}),
        ),
    ),
    (
        "download",
        "List the original data sets, or download one into the sources.",
        "cli_download:download",
        (
            ("name", {"metavar": "NAME", "nargs": "?", "help": "without one: the list"}),
            ("--accept-licence", {"action": "store_true"}),
        ),
    ),
    (
        "quality",
        "Find a source's flawed images and say whether a flaw goes with a class.",
        "cli_quality:search",
        (
            ("source", {"metavar": "SOURCE", "help": "a folder, a registered name or phantom"}),
            ("--csv", {"metavar": "FILE", "help": "write the severities of every image there"}),
        ),
    ),
    (
        "train",
        "Train a preset here and now.",
        "cli_training:train",
        (
            PRESET,
            ("--data", {"metavar": "SOURCE", "required": True}),
            ("--set", {"metavar": "KEY=VALUE", "action": "append", "default": []}),
            ("--retrain", {"action": "store_true", "help": "train anew with another seed"}),
        ),
    ),
    (
        "study",
        "Train folds, seeds or a sweep as one group; list, show, join, pause, resume or end it.",
        "cli_study:study",
        STUDY,
    ),
    ("runs", "List what ran, runs or waits.", "cli_results:runs", ()),
    (
        "scores",
        "Write a run's stored scores to a file.",
        "cli_results:scores",
        (
            RUN,
            SPLIT,
            ("--out", {"metavar": "FILE", "required": True, "help": "FILE.parquet or FILE.csv"}),
        ),
    ),
    (
        "evaluate",
        "Judge a run from its stored scores.",
        "cli_judging:evaluate",
        (
            RUN,
            SPLIT,
            ("--threshold", {"type": float, "help": "default: the recipe's own rule, else 0.5"}),
            ("--rule", {"metavar": "RULE", "help": "f1, youden, recall, specificity or cost"}),
            ("--target", {"type": float, "help": "the rule's recall, specificity or ratio"}),
            ("--on", {"choices": SPLITS, "default": "validation", "help": "where it chooses"}),
            ("--class", {"metavar": "CLASS", "dest": "of_class", "help": "against the rest"}),
        ),
    ),
    (
        "predict",
        "Ask a run's network about images, folders of them or ZIP files.",
        "cli_predicting:predict",
        (
            RUN,
            ("paths", {"metavar": "PATH", "nargs": "+", "help": "an image, a folder or a ZIP"}),
            ("--out", {"metavar": "FILE", "help": "write the answers to FILE.csv"}),
            ("--heat", {"metavar": "FOLDER", "help": "write a heat map of each image there"}),
            METHOD,
        ),
    ),
    (
        "cam",
        "Draw where a run's network looks.",
        "cli_asking:cam",
        (RUN, *CAM),
    ),
    ("means", "Mean heat map of every cell.", "cli_means:means", (RUN, SPLIT, *MEANS)),
    (
        "trust",
        "Measure how far the heat maps of runs may be trusted.",
        "cli_trust:judge",
        TRUST,
    ),
    (
        "results",
        "Put the reports' figures beside ours, as Markdown.",
        "cli_reports:results",
        (
            ("--own", {"action": "store_true", "help": "your own runs, whatever their settings"}),
            ("--published", {"action": "store_true", "help": "what others published on them"}),
            ("--beyond", {"action": "store_true", "help": "our best beside what was published"}),
        ),
    ),
    (
        "weights",
        "List pretrained weights, or download them.",
        "cli_weights:weights",
        (
            ("action", {"choices": ("list", "fetch")}),
            ("names", {"metavar": "NAME", "nargs": "*", "help": "a network, or all"}),
        ),
    ),
    ("ship", "Copy a finished run into the showcase.", "cli_reports:ship", (RUN, *SHIP)),
    (
        "export",
        "Print a run's recipe as JSON, or as a script; or its scores as CSV.",
        "cli_export:export",
        (
            RUN,
            ("--script", {"action": "store_true", "help": "the recipe as a Python script"}),
            ("--csv", {"action": "store_true", "help": "the scores of every split"}),
            ("--out", {"metavar": "FILE", "help": "write it there"}),
        ),
    ),
)


class Answer:
    """What a command found: plain JSON values, and the same as text for people."""

    def __init__(self, value: Any, text: str, code: int = 0) -> None:
        self.value, self.text, self.code = value, text, code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code: 0, or 1 after one line on stderr."""
    json_wanted = "--json" in (arguments if arguments is not None else sys.argv[1:])
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    logging.basicConfig(format="%(levelname)s: %(message)s", stream=sys.stderr)
    try:
        args = parser().parse_args(arguments)
        answer = _load(args.module)(args)
        return _print(answer, json_wanted)
    except (CxrError, OSError, MemoryError) as error:
        return _fail(_explained(error))
    except (Cancelled, KeyboardInterrupt):
        return _fail("Stopped on request.")


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    top = _Parser(prog="python -m engine", description="CXR Lab without its screens.")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, help, module, arguments in COMMANDS:
        command = commands.add_parser(name, help=help, description=help)
        command.add_argument("--json", action="store_true", help="answer in JSON on stdout")
        command.set_defaults(module=module)
        for flag, options in arguments:
            command.add_argument(flag, **options)
    return top


class _Parser(argparse.ArgumentParser):
    """Wrong arguments are errors like any other: one line, exit code 1."""

    def error(self, message: str) -> NoReturn:
        raise CxrError(f"{message} (see {self.prog} --help)")


def tell(text: str) -> None:
    """Show progress on stderr; on a terminal each line replaces the last."""
    end = "\r" if sys.stderr.isatty() else "\n"
    print(f"{text:<78}" if end == "\r" else text, end=end, file=sys.stderr, flush=True)


def load_keras() -> None:
    """Import Keras and find the devices without the lines that TensorFlow prints on stderr."""
    tell("Loading the network library")
    with quiet_stderr():
        import_module("keras").distribution.list_devices()


def _load(place: str) -> Command:
    module, _, name = place.partition(":")
    command: Command = getattr(import_module(f"engine.{module}"), name)
    return command


def _print(answer: Answer, as_json: bool) -> int:
    text = json.dumps(answer.value, ensure_ascii=False) if as_json else answer.text
    try:
        print(text, flush=True)
    except BrokenPipeError:  # `| head` has read enough; stdout cannot be closed properly any more
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return answer.code


def _explained(error: BaseException) -> str:
    if isinstance(error, CxrError):
        return str(error)
    from engine.runs.endings import is_known

    return is_known(error) or f"{type(error).__name__}: {error}"


def _fail(message: str) -> int:
    print("error: " + " ".join(message.split()), file=sys.stderr)
    return 1
