import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from reelwise.core.errors import ModelFileError
from reelwise.evaluation import linear_classifier
from reelwise.evaluation.linear_classifier import STRENGTHS, LinearClassifier, fit_linear_classifier, standardize


def blobs(num_videos: int = 90, num_features: int = 12, num_classes: int = 3, seed: int = 0):
    rng = np.random.default_rng(seed)
    y = np.arange(num_videos) % num_classes
    centres = rng.normal(size=(num_classes, num_features))
    rows = centres[y] + 0.8 * rng.normal(size=(num_videos, num_features))
    return (5 * rows + 100).astype(np.float32), y


@pytest.mark.parametrize("num_features", [12, 300])  # fewer and more features than videos
@pytest.mark.parametrize("num_classes", [2, 3])
def test_agrees_with_scikit_learn_at_the_same_strength(monkeypatch, num_features, num_classes):
    monkeypatch.setattr(linear_classifier, "_choose", lambda *_: (0.1, 1))
    rows, y = blobs(num_features=num_features, num_classes=num_classes)
    fitted = fit_linear_classifier(rows, y, num_classes, None, 0)
    plain = standardize(rows, fitted.mean, fitted.scale, 1)
    reference = LogisticRegression(C=0.1, max_iter=2000, tol=1e-8).fit(plain, y)
    np.testing.assert_allclose(fitted.predict(rows), reference.predict_proba(plain), atol=5e-3)


def test_separable_classes_are_predicted():
    rows, y = blobs(num_videos=300)
    fitted = fit_linear_classifier(rows[:200], y[:200], 3, None, 0)
    assert (fitted.predict(rows[200:]).argmax(axis=1) == y[200:]).mean() > 0.9


def test_squares_are_added_where_they_help():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(200, 4)).astype(np.float32)
    y = (np.abs(rows[:, 0]) > 0.7).astype(int)  # no straight line can tell
    fitted = fit_linear_classifier(rows, y, 2, None, 0, degrees=(1, 2))
    assert fitted.coef.shape == (2, 4 + 10)
    assert (fitted.predict(rows).argmax(axis=1) == y).mean() > 0.9


def test_inner_folds_never_split_a_group():
    codes = np.repeat(np.arange(24), 6)
    folds = linear_classifier.inner_folds(np.arange(144) % 3, codes, 0)
    assert len(folds) == 4
    assert all(not set(codes[train]) & set(codes[test]) for train, test in folds)


def test_a_strength_that_overfits_recordings_is_not_chosen():
    rng = np.random.default_rng(0)
    codes = np.repeat(np.arange(24), 6)
    y = np.tile([0, 1], 72)
    marks = rng.normal(size=(24, 200))[codes]  # loud, and different in every recording
    rows = (np.concatenate([marks * 3, (y - 0.5)[:, None]], axis=1) + rng.normal(size=(144, 201))).astype(np.float32)
    strength, _ = linear_classifier._choose(rows, y, [str(c) for c in codes], 0, (1,))
    assert strength < max(STRENGTHS)


def test_each_prediction_depends_on_its_own_video_only():
    rows, y = blobs()
    fitted = fit_linear_classifier(rows, y, 3, None, 0)
    together = fitted.predict(rows)
    for i in (0, 7, 89):
        assert fitted.predict(rows[i : i + 1]).tobytes() == together[i : i + 1].tobytes()


def test_the_same_bits_each_time():
    rows, y = blobs()
    groups = [f"g{i % 10}" for i in range(90)]
    first, second = (fit_linear_classifier(rows, y, 3, groups, 4) for _ in range(2))
    assert first.coef.tobytes() == second.coef.tobytes()


@pytest.mark.parametrize("y", [[0, 0, 0, 0], [0, 1, 1, 0], [2, 1, 0, 1]])
@pytest.mark.parametrize("groups", [None, ["a"] * 4, ["a", "a", "b", None]])
def test_tiny_sets_are_fitted_with_a_default(y, groups):
    rows = np.arange(8, dtype=np.float32).reshape(4, 2)
    probs = fit_linear_classifier(rows, np.array(y), 4, groups, 0).predict(rows)
    np.testing.assert_allclose(probs.sum(axis=1), 1)
    assert probs[:, 3].max() < 1e-6  # no training video, never predicted


def test_outliers_are_clipped():
    rows = standardize(np.array([[1e9, -1e9]]), np.zeros(2), np.ones(2), 2)
    assert rows.tolist() == [[10, -10, 100, -100, 100]]


def test_constant_columns_do_no_harm():
    rows, y = blobs()
    rows[:, 3] = 7
    fitted = fit_linear_classifier(rows, y, 3, None, 0)
    assert (fitted.scale > 0).all()
    assert (fitted.predict(rows).argmax(axis=1) == y).mean() > 0.9


def test_large_sets_are_searched_by_a_sample(monkeypatch):
    monkeypatch.setattr(linear_classifier, "_MAX_SEARCH_VIDEOS", 40)
    rows, y = blobs()
    assert (fit_linear_classifier(rows, y, 3, None, 0).predict(rows).argmax(axis=1) == y).mean() > 0.9


def test_arrays_there_and_back():
    rows, y = blobs()
    fitted = fit_linear_classifier(rows, y, 3, None, 0)
    again = LinearClassifier.from_arrays(fitted.to_arrays("x"), "x", 12, 3)
    assert again.predict(rows).tobytes() == fitted.predict(rows).tobytes()


@pytest.mark.parametrize(
    "damage",
    [
        lambda a: a.pop("x.coef"),
        lambda a: a.update({"x.coef": a["x.coef"][:, :-1]}),
        lambda a: a.update({"x.mean": a["x.mean"].astype(np.float64)}),
        lambda a: a["x.intercept"].__setitem__(0, np.nan),
        lambda a: a["x.scale"].__setitem__(0, 0.0),
    ],
)
def test_a_damaged_file_is_refused(damage):
    rows, y = blobs()
    arrays = {k: v.copy() for k, v in fit_linear_classifier(rows, y, 3, None, 0).to_arrays("x").items()}
    damage(arrays)
    with pytest.raises(ModelFileError):
        LinearClassifier.from_arrays(arrays, "x", 12, 3)


@pytest.mark.parametrize("degree", [1, 2])
def test_inner_folds_are_standardised_by_their_training_videos_alone(degree):
    rows, y = blobs(num_videos=60, num_features=6)
    train, test = np.arange(40), np.arange(40, 50)
    scores = linear_classifier._fold_scores(rows, y, train, test, degree)
    elsewhere = rows.copy()
    elsewhere[50:] *= 1000  # neither trained on nor tested
    assert np.array_equal(linear_classifier._fold_scores(elsewhere, y, train, test, degree), scores)
    halves = [linear_classifier._fold_scores(rows, y, train, part, degree) for part in (test[:5], test[5:])]
    np.testing.assert_allclose(sum(halves), scores, atol=1e-9)  # no test video matters to another one
