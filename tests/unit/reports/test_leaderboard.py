from reelwise.reports.leaderboard import leaderboard_text, rank_models
from reelwise.reports.report_data import LeaderboardRow


def test_best_first_and_of_equals_the_smaller():
    rows = [
        LeaderboardRow("big", 0.8, (0.7, 0.9), num_parameters=900),
        LeaderboardRow("small", 0.8, (0.7, 0.9), num_parameters=100),
        LeaderboardRow("best", 0.9, (0.8, 0.95)),
    ]
    assert [row.name for row in rank_models(rows)] == ["best", "small", "big"]


def test_the_plain_table_is_aligned_and_bears_gaps():
    lines = leaderboard_text([LeaderboardRow("a", 0.5, (0.4, 0.6)), LeaderboardRow("longer", 1.0, (0.7, 1.0), 9.6, 5)])
    first, second, third = lines.splitlines()
    assert first.index("accuracy") == second.index("100.0 %") == third.index("50.0 %")
    assert second.endswith("5")
