"""Catalogue data of ``flowdit``: draws clips from noise, by class or around frames that are given."""

from reelwise.catalog.entry import Argument, ClipDefaults, Entry, Preset
from reelwise.catalog.training import TrainingDefaults

ENTRY = Entry(
    name="flowdit",
    summary="A transformer over patches of space and time makes clips out of noise, by class or from given frames.",
    purpose="New clips like yours: hundreds of short ones, or a class per kind; real footage in colour needs a GPU.",
    builder="reelwise.models.flowdit.backbone:build",
    arguments={
        "patch_frames": Argument("frames of a patch, of which the clip has a multiple", int, 1, 16),
        "patch_size": Argument("pixels along each side of a patch", int, 2, 64),
        "width": Argument("features of a patch; a multiple of the heads", int, 16, 2048),
        "num_blocks": Argument("transformer blocks", int, 1, 48),
        "num_heads": Argument("heads of each attention", int, 1, 32),
        "detail": Argument("features of four pixels from which convolutions draw them; 0 for none", int, 0, 64),
    },
    presets={
        # 32 patches: with 2x4x4 there are 256, a step takes 5 times as long, and nothing was recognised in minutes.
        "nano": Preset(
            {"patch_frames": 4, "patch_size": 8, "width": 128, "num_blocks": 4, "num_heads": 4, "detail": 16},
            ClipDefaults(8, 32, 32),
        ),
        "tiny": Preset(
            {"patch_frames": 4, "patch_size": 8, "width": 192, "num_blocks": 6, "num_heads": 6, "detail": 16},
            ClipDefaults(16, 64, 64),
        ),
        "small": Preset(
            {"patch_frames": 2, "patch_size": 8, "width": 384, "num_blocks": 8, "num_heads": 6, "detail": 16},
            ClipDefaults(16, 64, 64),
        ),
        "base": Preset(
            {"patch_frames": 2, "patch_size": 16, "width": 768, "num_blocks": 12, "num_heads": 12, "detail": 16},
            ClipDefaults(16, 128, 128),
        ),
    },
    # Twice the usual rate: after 700 steps of one digit the loss is 0.136 with it, 0.146 with half of it.
    training=TrainingDefaults(
        clip_rounds=64000, min_epochs=20, max_epochs=2000, batch_size=16, learning_rate=3e-3, mixup=0.0, augment="none"
    ),
    gives="clips",
)
