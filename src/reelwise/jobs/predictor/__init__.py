"""Train and judge models that predict frames."""
