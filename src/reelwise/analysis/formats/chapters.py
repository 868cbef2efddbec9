"""The shots as chapters to be muxed into a file: FFmpeg's metadata and Matroska's XML."""

from pathlib import Path
from xml.etree import ElementTree

from reelwise.analysis.formats.cues import chapters_of, player_clock
from reelwise.analysis.formats.format import ExportFormat, Files
from reelwise.analysis.results import Analysis


def write_ffmetadata(analysis: Analysis, folder: Path) -> Files:
    """``chapters.ffmeta``, for ``ffmpeg -i VIDEO -i chapters.ffmeta -map_chapters 1 -codec copy OUT``.

    Milliseconds, although the format could hold ticks: MP4 keeps milliseconds, and FFmpeg would round them to the
    nearest, which can be in the frame before.

    Raises:
        FormatError: The analyzer of shots did not run, or frames are too short for milliseconds.
    """
    lines = [";FFMETADATA1"]
    for title, cue in chapters_of(analysis):
        lines += ["[CHAPTER]", "TIMEBASE=1/1000", f"START={cue.start}", f"END={cue.end}", f"title={title}"]
    return {"chapters.ffmeta": "\n".join(lines) + "\n"}


def write_matroska(analysis: Analysis, folder: Path) -> Files:
    """``chapters.xml``, for ``mkvmerge --chapters chapters.xml``.

    Raises:
        FormatError: The analyzer of shots did not run, or frames are too short for milliseconds.
    """
    clock = player_clock(analysis)
    root = ElementTree.Element("Chapters")
    chapters = chapters_of(analysis)
    edition = ElementTree.SubElement(root, "EditionEntry") if chapters else root
    for number, (title, cue) in enumerate(chapters, 1):
        atom = ElementTree.SubElement(edition, "ChapterAtom")
        ElementTree.SubElement(atom, "ChapterUID").text = str(number)
        ElementTree.SubElement(atom, "ChapterTimeStart").text = clock.text(cue.start)
        ElementTree.SubElement(atom, "ChapterTimeEnd").text = clock.text(cue.end)
        display = ElementTree.SubElement(atom, "ChapterDisplay")
        ElementTree.SubElement(display, "ChapterString").text = title
        ElementTree.SubElement(display, "ChapterLanguage").text = "eng"
    ElementTree.indent(root, " ")
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE Chapters SYSTEM "matroskachapters.dtd">\n'
    return {"chapters.xml": head + ElementTree.tostring(root, encoding="unicode") + "\n"}


FFMETADATA = ExportFormat(
    "ffmetadata", ("chapters.ffmeta",), "the shots as chapters that FFmpeg muxes", write_ffmetadata
)
MATROSKA = ExportFormat(
    "matroska_chapters", ("chapters.xml",), "the shots as chapters that mkvmerge muxes", write_matroska
)
