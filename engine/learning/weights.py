"""Pretrained ImageNet weights (without top): where the files lie, and how they get there."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from shutil import copyfile

from engine.data import fetching
from engine.learning.checksums import fault, hashes, listed
from engine.learning.listener import Listener
from engine.words.errors import CxrError, NotFound
from engine.words.files import write_atomic
from engine.words.settings import settings

SUMS = "SHA256SUMS"


@dataclass(frozen=True)
class Source:
    """What Keras would download for a network."""

    keras: str  # the class in keras.applications, and the folder's name in CXR_WEIGHTS_DIR
    path: str  # below the setting weights_url
    hash: str  # Keras's md5 or sha256; empty where Keras gives none

    @property
    def file(self) -> str:
        """The file's name."""
        return PurePosixPath(self.path).name


@dataclass(frozen=True)
class WeightsFile:
    """A file that can be loaded."""

    path: Path
    digest: str  # of its content, for cache keys
    checked: bool  # its hash is Keras's, or the one in SHA256SUMS
    origin: str  # where it came from, for people


_KERNELS = "weights_tf_dim_ordering_tf_kernels"
_SOURCES = (
    Source("VGG16", f"vgg16/vgg16_{_KERNELS}_notop.h5", "6d6bbae143d832006294945121d1f1fc"),
    Source("ResNet50", f"resnet/resnet50_{_KERNELS}_notop.h5", "4d473c1dd8becc155b73f8504c6f6626"),
    Source(
        "ResNet50V2", f"resnet/resnet50v2_{_KERNELS}_notop.h5", "fac2f116257151a9d068a22e544a4917"
    ),
    Source(
        "ResNet152", f"resnet/resnet152_{_KERNELS}_notop.h5", "ee4c566cf9a93f14d82f913c2dc6dd0c"
    ),
    Source(
        "DenseNet121",
        f"densenet/densenet121_{_KERNELS}_notop.h5",
        "30ee3e1110167f948a6b9946edeeb738",
    ),
    Source(
        "InceptionV3",
        f"inception_v3/inception_v3_{_KERNELS}_notop.h5",
        "bcbd6486424b2319ff4ef7d526e38f63",
    ),
    Source("MobileNet", "mobilenet/mobilenet_1_0_224_tf_no_top.h5", ""),
    Source("MobileNetV2", f"mobilenet_v2/mobilenet_v2_{_KERNELS}_1.0_224_no_top.h5", ""),
    Source(
        "EfficientNetV2B0",
        "efficientnet_v2/efficientnetv2-b0_notop.h5",
        "893217f2bb855e2983157299931e43ff",
    ),
    Source(
        "ConvNeXtTiny",
        "convnext/convnext_tiny_notop.h5",
        "d547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1",
    ),
)
WEIGHTS: Mapping[str, Source] = {source.keras.lower(): source for source in _SOURCES}


def source_of(network: str) -> Source:
    """Return a network's row; raise NotFound with the list of rows."""
    if network not in WEIGHTS:
        known = ", ".join(WEIGHTS)
        raise NotFound(f"There are no pretrained weights of '{network}'. Choose one of: {known}.")
    return WEIGHTS[network]


def places(network: str) -> list[Path]:
    """Where a network's file is looked for, in this order."""
    source, folder = source_of(network), settings().weights
    own = [folder / source.keras / source.file] if folder else []
    return [*own, _keras_home() / "models" / source.file]


def find(network: str) -> WeightsFile | None:
    """Return the network's file if it is on this machine; download nothing.

    Raise CxrError where CXR_WEIGHTS_DIR holds a wrong file. A wrong one in Keras's cache counts
    as none, for Keras would replace it, and so does `resolve`.
    """
    source, (*own, cached) = source_of(network), places(network)
    for path in own:
        if _is_there(path):
            return _from_folder(source, path)
    if not _is_there(cached) or fault(cached, source.hash):
        return None
    proof = "" if source.hash else "; Keras gives no hash to check it by"
    return _weights_file(cached, bool(source.hash), f"from Keras's cache{proof}")


def resolve(network: str, listener: Listener) -> WeightsFile:
    """Return the network's file, downloaded where it is not on this machine; raise CxrError."""
    found = find(network)
    if found:
        return found
    target = next((path for path in places(network) if _writable(path)), places(network)[-1])
    url = _download(network, target, listener)
    found = find(network)
    if found is None:
        raise _missing(network, f"{target} is gone again.")
    return replace(found, origin=f"downloaded from {url}")


def fetch(network: str, listener: Listener) -> WeightsFile:
    """Like `resolve`, and leave the file in CXR_WEIGHTS_DIR where that is set, to be carried on."""
    found, target = resolve(network, listener), places(network)[0]
    if found.path == target:
        return found
    with _writing(target):
        write_atomic(target, lambda path: copyfile(found.path, path))
    return replace(found, path=target)


def load_error(network: str, path: Path, error: Exception) -> CxrError:
    """What to say where Keras cannot load a file into the network."""
    why = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
    return CxrError(
        f"{path} does not hold the weights of {source_of(network).keras} without top ({why}). "
        f"Delete it, then get the right file: `python -m engine weights fetch {network}`."
    )


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError as error:
        raise CxrError(
            f"{path} cannot be looked for ({error.strerror}). Correct CXR_WEIGHTS_DIR or "
            f"KERAS_HOME, or let this user read the folder."
        ) from error


def _keras_home() -> Path:
    given = os.environ.get("KERAS_HOME")  # Keras itself reads it once, at import
    return Path(given).expanduser() if given else Path.home() / ".keras"


def _from_folder(source: Source, path: Path) -> WeightsFile:
    """Take a conversion too, for its hash is never Keras's; but nothing against SHA256SUMS."""
    for folder in (path.parent, path.parent.parent):
        expected = listed(folder / SUMS, path.name)
        if wrong := fault(path, expected):
            raise CxrError(
                f"{path} {wrong}{f' (as {folder / SUMS} has it)' if expected else ''}. "
                f"Copy it anew, or delete it to have it downloaded."
            )
        if expected:
            return _weights_file(path, True, f"from CXR_WEIGHTS_DIR, as its {SUMS} has it")
    if source.hash and not fault(path, source.hash):
        return _weights_file(path, True, "from CXR_WEIGHTS_DIR, Keras's own file")
    return _weights_file(path, False, "from CXR_WEIGHTS_DIR, not checked by any hash")


def _weights_file(path: Path, checked: bool, origin: str) -> WeightsFile:
    return WeightsFile(path, hashes(path)["sha256"][:16], checked, origin)


def _writable(path: Path) -> bool:
    there = next(folder for folder in path.parents if folder.exists())
    return os.access(there, os.W_OK)


def _download(network: str, target: Path, listener: Listener) -> str:
    source = source_of(network)
    url = f"{settings().weights_url.rstrip('/')}/{source.path}"
    text = f"Downloading the weights of {source.keras} (MB)"
    given = {"md5" if len(source.hash) == 32 else "sha256": source.hash}
    with _writing(target):
        try:
            fetching.fetch(url, target, text, listener, check=_form, **given)
        except CxrError as error:
            raise _missing(network, str(error)) from error
    return url


def _form(path: Path) -> str:
    return fault(path, "")


@contextmanager
def _writing(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CxrError(
            f"{target} cannot be written ({error.strerror or error}). Free some space there, "
            f"or set CXR_WEIGHTS_DIR to a folder that can be written."
        ) from error


def _missing(network: str, why: str) -> CxrError:
    source = source_of(network)
    looked = [
        f"{path} ({f'refused: it {fault(path, source.hash)}' if path.is_file() else 'not there'})"
        for path in places(network)
    ]
    folder = settings().weights or "CXR_WEIGHTS_DIR (a folder of your own)"
    return CxrError(
        f"The pretrained weights of {source.keras} are not on this machine. {why} "
        f"Looked for: {'; '.join(looked)}. On a machine with internet run "
        f"`python -m engine weights fetch {network}`, then copy {source.file} into the folder "
        f"{source.keras} in {folder}. Only weights=random starts without pretrained weights."
    )
