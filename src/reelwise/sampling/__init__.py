"""Which frames make a clip: integers and exact times, no pixels."""
