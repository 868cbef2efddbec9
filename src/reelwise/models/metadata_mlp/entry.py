"""Catalogue data of ``metadata_mlp``: dense layers over numbers and embedded categories."""

from reelwise.catalog.entry import Argument, Entry, Preset
from reelwise.catalog.frame_encoder import DROPOUT_ARGUMENT
from reelwise.catalog.sound_steps import CLIP
from reelwise.catalog.training import TrainingDefaults

_SMALL = {"embedding": 8, "units": 32, "num_layers": 1, "dropout": 0.2}

ENTRY = Entry(
    name="metadata_mlp",
    summary="Dense layers over columns of metadata: numbers, and categories by embedding.",
    purpose="Columns of the list (place, instrument, age …) that will be there for new videos too.",
    builder="reelwise.models.metadata_mlp.backbone:build",
    arguments={
        "embedding": Argument("numbers that stand for a value of a category", int, 1, 64),
        "units": Argument("size of each dense layer", int, 4, 1024),
        "num_layers": Argument("dense layers before the last one", int, 1, 4),
        "dropout": DROPOUT_ARGUMENT,
    },
    presets={
        "small": Preset(_SMALL, CLIP),
        "base": Preset({**_SMALL, "embedding": 16, "units": 128, "num_layers": 2}, CLIP),
    },
    training=TrainingDefaults(
        clip_rounds=12_000,
        min_epochs=20,
        max_epochs=100,
        batch_size=16,
        label_smoothing=0.05,
        mixup=0.0,
        augment="none",
        patience_share=0.0,
        num_views=1,
    ),
    modality="metadata",
    input_kind="columns",
)
