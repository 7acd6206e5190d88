"""What a visitor has chosen. The only file that names a session-state key or a query parameter.

A page gives its widgets `key=Key.SOMETHING, persist_state="session"`, so that a choice outlives
a visit to another page. The current run, split and data are plain values, not widgets: read them
with `current_...()`, change them with `set_current_...()` at any time, even after the header is
drawn. They are mirrored in the address, so a copied link opens on the same run.
"""

from enum import StrEnum

import streamlit as st


class Key(StrEnum):
    """Every session-state key. The text is what the address shows where a key is bound to it."""

    # the current choice (also query parameters)
    RUN = "run"
    SPLIT = "split"
    DATA = "data"
    JOB = "job"  # the training that the Train page watches
    # the header's widgets, which write the three above
    HEADER_RUN = "header_run"
    HEADER_SPLIT = "header_split"
    HEADER_DATA = "header_data"
    # Home
    HOME_STEP = "home_step"
    HOME_RUNS = "home_runs"
    # Reports
    REPORT = "report"  # the report whose experiments are shown, such as C
    REPORTS_VIEW = "reports_view"
    REPORTS = "reports"
    # Data
    DATA_CHOICE = "data_choice"
    DATA_PANEL = "data_panel"  # "add" or "remove" while that panel is open
    DATA_ADD = "data_add"
    DATA_SPLIT = "data_split"
    DATA_LABEL = "data_label"
    DATA_KIND = "data_kind"
    DATA_PATIENT = "data_patient"
    DATA_PAGE = "data_page"
    DATA_SECTION = "data_section"
    DATA_SURE = "data_sure"
    DATA_MESSAGE = "data_message"
    DATA_RETRY = "data_retry"
    DATA_DRAW = "data_draw"
    DOWNLOAD = "download"
    # Train and Queue
    TRAIN = "train"
    QUEUE = "queue"
    QUEUE_JOB = "queue_job"
    # Studies
    STUDY = "study"  # the one that is open
    STUDIES_VIEW = "studies_view"  # all of them, or a new one of folds or a sweep
    STUDY_PART = "part"  # what of the open one is shown
    STUDY_BASE = "begin"  # the preset or run that a new one begins from
    STUDY_FOLDS = "k"
    STUDY_BY = "by"
    STUDY_SEEDS = "seeds"
    STUDY_OVER = "over"  # settings and their values
    STUDY_LEAVE = "leave"  # "yes" where cells that are no sense are left out
    STUDY_MEASURE = "measure"
    STUDY_ACROSS = "across"
    STUDY_TEST = "looked"  # "yes" where test figures stand beside
    STUDY_SPLITS = "splits"  # "own" where each seed draws its own split
    STUDIES = "studies"
    # Evaluate
    THRESHOLD = "threshold"
    THRESHOLD_RULE = "threshold_rule"
    TARGET = "target"  # the rule's parameter: a recall, a specificity or a cost ratio
    BETA = "beta"  # of F-beta
    RATIO = "ratio"  # one missed X-ray costs as much as so many false alarms
    THRESHOLD_ON = "threshold_on"  # "test" where a rule was asked to look at the test itself
    EVALUATE_VIEW = "view"
    EVALUATE_CELL = "evaluate_cell"
    EVALUATE_CLASS = "evaluate_class"
    IMAGE = "image"  # the X-ray that is open
    SLICE = "slice"  # the slice whose X-rays are shown, such as kind:viral
    NUMBERS = "numbers"  # the language of numbers: share, percent or counts
    PREVALENCE = "prevalence"
    RECALIBRATION = "recalibration"
    EVALUATE_PAGE = "evaluate_page"  # of the gallery
    EVALUATE_ORDER = "order"
    EVALUATE = "evaluate"
    # Compare
    COMPARE_RUNS = "compare_runs"
    COMPARE_VIEW = "compare_view"
    COMPARE_STUDIES = "compare_studies"
    BASELINE = "baseline"  # the run that the others are compared with
    COMPARE = "compare"
    # Explain
    EXPLAIN_VIEW = "explain_view"
    EXPLAIN_IMAGE = "explain_image"
    EXPLAIN_CLASS = "explain_class"
    EXPLAIN_METHOD = "explain_method"  # one or several, with commas
    EXPLAIN_LAYER = "explain_layer"
    EXPLAIN_BESIDE = "explain_beside"  # other runs on the same image
    EXPLAIN_PAGE = "explain_page"
    EXPLAIN_CELL = "explain_cell"  # whose heat maps are side by side
    EXPLAIN_AGAINST = "explain_against"  # of several classes the one that is looked for
    EXPLAIN_ERRORS = "errors"  # each X-ray, or their mean
    BACK = "back"  # the part and the run that Evaluate was left with
    EXPLAIN = "explain"
    # Try an X-ray
    TRY_FILES = "try_files"
    TRY_THRESHOLD = "try_threshold"
    TRY = "try"
    # Prepare, Augment, Quality
    PREPARE = "prepare"
    AUGMENT = "augment"
    QUALITY = "quality"
    CHAIN = "chain"  # ordered steps that are being composed
    HANDOVER = "handover"  # what one page gives another to begin with
    PATCH = "patch"  # what is painted over pictures
    COVER = "cover"  # how it is covered, and what was tried
    # Shortcut lab
    LAB = "lab"
    LAB_SHORTCUT = "shortcut"  # marker, exposure or border
    LAB_STEP = "step"
    LAB_REMEDY = "remedy"  # how the other training carries it
    # galleries
    GALLERY = "gallery"

    def of(self, *parts: object) -> str:
        """Return a key of its own for one of many like widgets, such as a recipe's knobs."""
        return "_".join([self.value, *map(str, parts)])


SPLITS = ("test", "validation", "train")
MIRRORED = (Key.RUN, Key.SPLIT, Key.DATA, Key.JOB)


def current_run_id() -> str | None:
    """Return the id of the run that every page talks about, if one is chosen."""
    return _read(Key.RUN)


def set_current_run_id(run_id: str | None) -> None:
    """Choose the run that every page talks about."""
    _write(Key.RUN, run_id)


def current_split() -> str:
    """Return the part of the data to judge on: "test" unless another one is chosen."""
    split = _read(Key.SPLIT)
    return split if split in SPLITS else SPLITS[0]


def set_current_split(split: str) -> None:
    """Choose the part of the data to judge on."""
    _write(Key.SPLIT, split)


def current_source() -> str | None:
    """Return the name of the data source in use, if one is chosen."""
    return _read(Key.DATA)


def set_current_source(name: str | None) -> None:
    """Choose the data source."""
    _write(Key.DATA, name)


def current_job_id() -> str | None:
    """Return the id of the training that the Train page watches, if one is chosen."""
    return _read(Key.JOB)


def set_current_job_id(run_id: str | None) -> None:
    """Choose the training that the Train page watches."""
    _write(Key.JOB, run_id)


def address() -> dict[str, str]:
    """Return the query parameters that restore the current choice: pass them with every link."""
    found = {key.value: _read(key) for key in MIRRORED}
    return {name: value for name, value in found.items() if value}


def shown() -> dict[str, str]:
    """Return the query parameters that the address shows now."""
    return dict(st.query_params)


def mirror() -> None:
    """Write the current choice to the browser's address."""
    wanted = address()
    for key in MIRRORED:
        if key in wanted and st.query_params.get(key.value) != wanted[key]:
            st.query_params[key.value] = wanted[key]
        elif key not in wanted and key.value in st.query_params:
            del st.query_params[key.value]


def choice(key: Key) -> str | None:
    """Return a page's own choice: what the visitor chose, else what the address says."""
    return _read(key)


def choose(key: Key, value: str | None) -> None:
    """Make a page's own choice and show it in the address (None forgets it)."""
    st.session_state[key.value] = value
    show(key)


def show(*keys: Key) -> None:
    """Write a page's own choices to the address, as they were when it was left."""
    for key in keys:
        value = _read(key)
        if value and st.query_params.get(key.value) != value:
            st.query_params[key.value] = value
        elif not value and key.value in st.query_params:
            del st.query_params[key.value]


def get(key: Key | str, default: object = None) -> object:
    """Return what is stored under `key`."""
    return st.session_state.get(str(key), default)


def put(key: Key | str, value: object) -> None:
    """Store `value` under `key`; for a widget's key only before the widget is drawn."""
    st.session_state[str(key)] = value


def drop(key: Key | str) -> None:
    """Forget what is stored under `key`."""
    st.session_state.pop(str(key), None)


def take(key: Key | str) -> object:
    """Return what is stored under `key` and forget it: for messages shown once."""
    return st.session_state.pop(str(key), None)


def _read(key: Key) -> str | None:
    if key.value not in st.session_state:
        st.session_state[key.value] = st.query_params.get(key.value)
    return st.session_state[key.value]


def _write(key: Key, value: str | None) -> None:
    st.session_state[key.value] = value
    mirror()
