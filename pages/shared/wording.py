"""Words that several screens share: the notice, and the field's terms with their definitions."""

NOTICE = "For teaching and research. Not a medical device: never use it to decide about a patient."

TERMS = {
    "recall": "Of the images with the disease, the share that the model finds (sensitivity).",
    "specificity": "Of the images without the disease, the share that the model leaves alone.",
    "precision": "Of the images that the model calls diseased, the share that are.",
    "accuracy": "The share of all images that the model gets right.",
    "F1": "The harmonic mean of precision and recall.",
    "balanced accuracy": "The mean of recall over the classes: 0.5 is guessing between two.",
    "AUC": "The chance that a diseased image scores higher than a healthy one; 0.5 is guessing.",
    "threshold": "The score from which an image counts as diseased.",
    "split": "Training images teach, validation images choose, test images judge.",
    "patient": "Several images may show one patient; they belong in the same part.",
    "phantom": "Drawn by a program to look like chest X-rays: synthetic, no patient behind them.",
    "recipe": "Everything that determines a run: data, network, settings and seed.",
}

SAME_FOLDER = (
    "Add the same folder of images on the Data page, under any name, and they appear here."
)
SHOWCASE_DATA = (
    "To see them, let the Data page download the [original X-rays](https://doi.org/10.17632/"
    "rscbjbr9sj.2) (1.2 GB, CC BY 4.0): Add a source, then Download."
)
OTHER_COPIES = (
    "The pictures are other copies of these X-rays, found by their file names; the scores are of "
    "the copies that the run was trained on."
)


def count(number: int, noun: str, plural: str = "") -> str:
    """Return "1 image", "5,840 images"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def share(part: int, whole: int) -> str:
    """Return "12 of 624 (1.9%)"; only the counts where there is nothing to divide by."""
    return f"{part:,} of {whole:,} ({part / whole:.1%})" if whole else f"{part:,} of {whole:,}"
