"""Small DICOM files that say whose they are, as those of a clinic do."""

from io import BytesIO
from typing import Any

import imagecodecs
import numpy as np
from pydicom import Dataset, dcmwrite
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    JPEG2000,
    DigitalXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    generate_uid,
)

IDENTITY = {
    "PatientName": "Geheim^Anna",
    "PatientID": "ID-4711-X",
    "PatientBirthDate": "19501231",
    "InstitutionName": "Klinik Nirgendwo",
    "ReferringPhysicianName": "Dr^Quark",
    "WindowCenterWidthExplanation": "for Anna Geheim",
}
RAMP = np.linspace(0, 4095, 48 * 32).reshape(32, 48).astype(np.uint16)  # 12 bits

# name -> transfer syntax, how a frame is made, the largest error in grey levels of 255
DEEP = {"lossless": True, "bitspersample": 12}
COMPRESSED: dict[str, tuple[Any, Any, int]] = {
    "extended": (JPEGExtended12Bit, lambda p: _jpeg(p, level=100, bitspersample=12), 1),
    "lossless": (JPEGLossless, lambda p: _jpeg(p, **DEEP), 0),
    "lossless 1": (JPEGLosslessSV1, lambda p: _jpeg(p, **DEEP), 0),
    "ls": (JPEGLSLossless, imagecodecs.jpegls_encode, 0),
    "ls near": (JPEGLSNearLossless, lambda p: imagecodecs.jpegls_encode(p, level=2), 1),
    "2000 lossless": (JPEG2000Lossless, lambda p: _j2k(p, reversible=True), 0),
    "ht 2000": (HTJ2KLossless, imagecodecs.htj2k_encode, 0),
    "2000": (JPEG2000, lambda p: _j2k(p, level=60), 2),
}


def dataset(pixels: np.ndarray, bits: int = 12, **tags: Any) -> Dataset:
    """Return a dataset of one frame (H, W) with the fields of IDENTITY and `tags`."""
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.SOPClassUID = made.file_meta.MediaStorageSOPClassUID = (
        DigitalXRayImageStorageForPresentation
    )
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    made.Rows, made.Columns = pixels.shape[:2]
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.BitsAllocated, made.BitsStored, made.HighBit = pixels.itemsize * 8, bits, bits - 1
    made.PixelRepresentation = int(pixels.dtype.kind == "i")
    made.PixelData = pixels.tobytes()
    made["PixelData"].VR = "OW" if pixels.itemsize == 2 else "OB"
    for name, value in (IDENTITY | tags).items():
        setattr(made, name, value)
    return made


def written(made: Dataset) -> bytes:
    """Return the bytes of a whole file, preamble and all."""
    out = BytesIO()
    dcmwrite(out, made, enforce_file_format=True)
    return out.getvalue()


def file(pixels: np.ndarray = RAMP, bits: int = 12, **tags: Any) -> bytes:
    """Return the bytes of a file of one frame."""
    return written(dataset(pixels, bits, **tags))


def with_frame(made: Dataset, syntax: Any, frame: bytes) -> bytes:
    """Return a file whose pixels are the compressed `frame`."""
    made.file_meta.TransferSyntaxUID = syntax
    made.PixelData = encapsulate([frame])
    made["PixelData"].VR = "OB"
    made["PixelData"].is_undefined_length = True
    return written(made)


def compressed(name: str, pixels: np.ndarray = RAMP, bits: int = 12, **tags: Any) -> bytes:
    """Return a file compressed in a way of COMPRESSED."""
    syntax, encode, _ = COMPRESSED[name]
    return with_frame(dataset(pixels, bits, **tags), syntax, encode(pixels))


def baseline(pixels: np.ndarray) -> bytes:
    """Return a file of 8 bits as JPEG baseline."""
    frame = imagecodecs.jpeg8_encode(pixels, level=100)
    return with_frame(dataset(pixels, 8), JPEGBaseline8Bit, frame)


def _jpeg(pixels: np.ndarray, **options: Any) -> bytes:
    return imagecodecs.jpeg8_encode(pixels, **options)


def _j2k(pixels: np.ndarray, **options: Any) -> bytes:
    return imagecodecs.jpeg2k_encode(pixels, codecformat="j2k", bitspersample=12, **options)
