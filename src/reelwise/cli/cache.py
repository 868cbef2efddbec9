"""``reelwise cache``: where decoded frames and sound lie, their size, and how to clear them."""

from pathlib import Path

from reelwise.cli import output


def command(*, clear: bool = False, cache_dir: Path | None = None, json: bool = False) -> None:
    """Show the cache of decoded frames and sound, or clear it.

    Example: `reelwise cache --clear`

    Args:
        clear: Remove every entry; other files in the folder are left alone.
        cache_dir: Folder of decoded frames and sound [default: $REELWISE_CACHE or ~/.cache/reelwise].
        json: Print one JSON document (reelwise/cache/1) and nothing else on stdout.
    """
    from reelwise.cache.folder import cache_root
    from reelwise.cache.frame_cache import FrameCache
    from reelwise.jobs.documents import Cache

    cache = FrameCache(cache_root(cache_dir))
    num_removed = cache.clear() if clear else 0
    document: Cache = {
        "schema": "reelwise/cache/1",
        "folder": str(cache.root),
        "entries": cache.num_entries,
        "bytes": cache.size,
        "removed": num_removed,
    }
    if json:
        output.print_json(document)
        return
    rows = [("folder", document["folder"]), ("entries", str(cache.num_entries)), ("size", output.file_size(cache.size))]
    output.console().print(output.table("Decoded frames and sound", ("", ""), rows))
    if clear:
        output.console().print(f"removed {num_removed} entries")
