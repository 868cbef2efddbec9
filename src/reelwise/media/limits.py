"""Lists of allowed formats and codecs, and limits of every reader and worker."""

from dataclasses import dataclass

FORMATS = (
    *("mov", "mp4", "m4a", "3gp", "3g2", "mj2", "matroska", "webm", "avi", "mpegts", "mpeg", "mpegvideo"),
    *("h264", "hevc", "m4v", "ivf", "flv", "ogg", "asf", "dv", "gif", "apng", "yuv4mpegpipe"),
)
"""Containers that are opened. Whatever can point at another file (playlists, ffconcat, SDP, DASH) is left out."""

VIDEO_CODECS = (
    *("h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "mpeg1video", "mpeg2video", "mpeg4"),
    *("msmpeg4v1", "msmpeg4v2", "msmpeg4", "wmv1", "wmv2", "wmv3", "vc1", "h263", "flv"),
    *("mjpeg", "prores", "dnxhd", "ffv1", "qtrle", "theora", "gif", "apng"),
    *("rawvideo", "v210", "huffyuv", "ffvhuff", "utvideo", "png", "dvvideo"),
)
"""Video decoders that may run; each of the others in FFmpeg is attack surface gone. The last row is what cameras of
laboratories, capture cards and tapes give."""

SOUND_CODECS = (
    *("aac", "mp2", "mp2float", "mp3", "mp3float", "opus", "vorbis", "ac3", "eac3", "flac", "alac", "amrnb", "amrwb"),
    *("pcm_u8", "pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be"),
    *("pcm_s64le", "pcm_s64be", "pcm_u16le", "pcm_u16be", "pcm_u24le", "pcm_u24be", "pcm_u32le", "pcm_u32be"),
    *("pcm_s8_planar", "pcm_s16le_planar", "pcm_s16be_planar", "pcm_s24le_planar", "pcm_s32le_planar"),
    *("pcm_f16le", "pcm_f24le", "pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be", "pcm_mulaw", "pcm_alaw"),
    *("aac_latm", "mp1", "mp1float", "dca", "truehd", "mlp", "pcm_dvd", "pcm_bluray", "s302m"),
    *("wmav1", "wmav2", "wmapro", "wmavoice", "wmalossless"),
    *("adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt", "adpcm_yamaha", "adpcm_swf", "adpcm_sanyo"),
    *("dvaudio", "g722", "g726", "g726le"),
    *("nellymoser", "speex", "gsm", "gsm_ms"),
)
"""Sound decoders that may run. FFmpeg compares whole names, so ``pcm_*`` is spelled out. Its last rows are discs
and broadcasts, Windows Media, cameras, and telephones and Flash."""

RAW_FORMATS = frozenset({"h264", "hevc", "mpegvideo", "m4v"})
"""Streams without a container: they carry no times, so frames are counted at the stream's own rate."""


@dataclass(frozen=True)
class ReadLimits:
    """What one file may ask of the reader.

    Args:
        max_pixels: Width times height of one picture, at most.
        max_streams: Streams of one container, at most.
        max_bad_packets: Damaged packets in a row after which the rest of the file is given up.
    """

    max_pixels: int = 8192 * 4320
    max_streams: int = 32
    max_bad_packets: int = 1000


@dataclass(frozen=True)
class WorkerLimits:
    """What one worker process may take, and how long the parent waits for it.

    Args:
        memory_bytes: Address space of the worker.
        stall_seconds: The worker is killed when this passes without a new frame.
        task_seconds: Wall clock of one file.
        processor_seconds: Processor time of one file; None for as much as ``task_seconds``.
        output_bytes: Largest file that a worker may write, frames of one segment.
        open_files: File descriptors of the worker.
        tasks_per_worker: A worker is replaced after this many files, so that leaks end with it.
        max_tries: How often a file is given to a fresh worker when workers die of it.
        start_seconds: How long a worker may take to start.
    """

    memory_bytes: int = 3 << 30
    stall_seconds: float = 20.0
    task_seconds: float = 7200.0
    processor_seconds: float | None = None
    output_bytes: int = 2 << 30
    open_files: int = 64
    tasks_per_worker: int = 200
    max_tries: int = 2
    start_seconds: float = 60.0


READ_LIMITS = ReadLimits()
"""The limits of every file: pictures up to 8K with some room; more streams or damage than any usable file has."""

WORKER_LIMITS = WorkerLimits()
"""The limits of every worker: 3 GiB of memory hold the reference frames of 8K video."""

MEMORY_HINT = "Scale it down with FFmpeg."
"""What helps against every error of memory in a worker: frames of fewer pixels."""

MAX_LISTED_FRAMES = 20_000
"""Frames that may be held in one list; streaming has no such limit."""

LONG_WORK_LIMITS = WorkerLimits(stall_seconds=300.0, task_seconds=86_400.0)
"""Of workers that encode a whole video: hours of it take hours, and at the end, when the index of the MP4 goes to the
front, gigabytes are copied without a sign of life."""
