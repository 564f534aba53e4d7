"""Draws: distributions, repeatability, the range before the point, the tornado, and draws that fail."""

import numpy as np
import pytest

from techbalance.errors import ConvergenceError, ModelInputError, UnknownCodeError
from techbalance.models.uncertainty import Alternatives, Lognormal, OfMany, Sample, Triangular, run_draws

EXACT = 1e-12


def at(parameter, quantile):
    return parameter.value(np.full(parameter.size, quantile))


def test_lognormal_quantiles():
    sigma = Lognormal("sigma", np.array(4.0), np.array(0.5))
    assert at(sigma, 0.5)[0] == pytest.approx(4.0, rel=EXACT)
    assert at(sigma, 0.8413447460685429)[0] == pytest.approx(4.0 * np.exp(0.5), rel=1e-9)
    certain = Lognormal("sigma", np.array([4.0, 6.0]), np.array(0.0), together=False)
    np.testing.assert_allclose(at(certain, 0.9), [4.0, 6.0])
    assert certain.size == 2


def test_lognormal_is_cut_off_and_not_clipped():
    sigma = Lognormal("sigma", np.array(1.5), np.array(1.0), lowest=1.05)
    values = np.array([at(sigma, quantile)[0] for quantile in np.linspace(0.001, 0.999, 500)])
    assert values.min() > 1.05
    assert len(np.unique(values)) == 500
    rng = np.random.default_rng(0)
    rejected = np.exp(np.log(1.5) + rng.normal(size=400_000))
    rejected = rejected[rejected > 1.05]
    assert np.median(rejected) == pytest.approx(at(sigma, 0.5)[0], rel=0.01)


def test_standard_error_becomes_one_of_the_log():
    made = Lognormal.from_estimate("sigma", [4.0, 5.0], [1.0, 0.0], source="paper")
    np.testing.assert_allclose(made.median, [4.0, 5.0])
    np.testing.assert_allclose(made.log_sd, [np.sqrt(np.log(1 + 1 / 16)), 0.0])
    assert made.source == "paper"


def test_triangular_quantiles():
    share = Triangular("share", np.array(0.2), np.array(0.3), np.array(0.6))
    assert at(share, 0.0)[0] == pytest.approx(0.2)
    assert at(share, 0.25)[0] == pytest.approx(0.3)
    assert at(share, 1.0)[0] == pytest.approx(0.6)
    point = Triangular("share", np.array(0.3), np.array(0.3), np.array(0.3))
    assert at(point, 0.7)[0] == pytest.approx(0.3)


def test_alternatives_are_equally_likely():
    closure = Alternatives("closure", ("additive", "multiplicative"))
    assert at(closure, 0.49) == "additive"
    assert at(closure, 0.51) == "multiplicative"
    assert at(closure, 1.0) == "multiplicative"
    sources = Alternatives("theta", ("a", "b"), (np.array([4.0, 5.0]), np.array([8.0, 9.0])))
    np.testing.assert_allclose(at(sources, 0.9), [8.0, 9.0])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Lognormal("s", np.array(-4.0), np.array(0.1)), "medians above 0"),
        (lambda: Lognormal("s", np.array(1.0), np.array(0.1), lowest=1.05), "inside"),
        (lambda: Lognormal("s", np.array([4.0, 4.0]), np.array([0.1, -1.0])), "entry 1"),
        (lambda: Triangular("s", np.array(0.5), np.array(0.3), np.array(0.6)), "low <= mode <= high"),
        (lambda: Alternatives("s", ("a", "b"), (np.array(1.0),)), "2 options and 1 values"),
        (lambda: Alternatives("s", ("a", "a")), "is there twice"),
    ],
)
def test_parameters_that_are_refused(make, message):
    with pytest.raises(ModelInputError, match=message):
        make()


SIGMA = Lognormal("sigma", np.array(4.0), np.array(0.3), source="estimate A")
SHARE = Triangular("share", np.array(0.2), np.array(0.3), np.array(0.6))
CLOSURE = Alternatives("closure", ("additive", "multiplicative"), source="model set")


def model(sample):
    level = sample.number("sigma") * 10 + sample.number("share")
    return [level, 1.0 if sample.choice("closure") == "additive" else 2.0]


def run(**more):
    return run_draws(model, ["level", "which"], [SIGMA, SHARE, CLOSURE], **{"seed": 7, "draws": 200, **more})


def test_same_seed_same_answer_and_another_seed_another():
    first, again, other = run(), run(), run(seed=8)
    np.testing.assert_array_equal(first.sample, again.sample)
    assert not np.array_equal(first.sample, other.sample)
    assert (first.draws, first.seed, first.solved_ratio, first.interval) == (200, 7, 1.0, 0.9)


def test_a_parameter_keeps_its_draws_when_another_joins():
    def only_sigma(sample):
        return [sample.number("sigma")]

    alone = run_draws(only_sigma, ["y"], [SIGMA], seed=7, draws=50)
    joined = run_draws(only_sigma, ["y"], [CLOSURE, SIGMA, SHARE], seed=7, draws=50)
    np.testing.assert_array_equal(alone.sample, joined.sample)


def test_draws_fill_the_distribution_evenly():
    found = run_draws(lambda sample: [sample.number("sigma")], ["y"], [SIGMA], seed=1, draws=1000)
    assert found.central[0] == pytest.approx(4.0, rel=2e-3)
    assert found.low[0] == pytest.approx(at(SIGMA, 0.05)[0], rel=5e-3)
    assert found.high[0] == pytest.approx(at(SIGMA, 0.95)[0], rel=5e-3)
    assert found.at_central[0] == pytest.approx(4.0, rel=EXACT)
    for figure in (found.low, found.central, found.high):
        assert figure[0] in found.sample[:, 0]


def test_entries_of_a_vector_move_together_or_apart():
    apart = Lognormal("sigma", np.array([4.0, 4.0]), np.array(0.5), together=False)
    along = Lognormal("sigma", np.array([4.0, 4.0]), np.array(0.5))

    def both(sample):
        return sample.vector("sigma")

    found = run_draws(both, ["a", "b"], [apart], seed=3, draws=100).sample
    assert abs(np.corrcoef(found.T)[0, 1]) < 0.3
    found = run_draws(both, ["a", "b"], [along], seed=3, draws=100).sample
    np.testing.assert_allclose(found[:, 0], found[:, 1])


def test_the_tornado_puts_the_widest_first():
    found = run()
    first, second, third = found.tornado("level")
    assert (first.name, second.name, third.name) == ("sigma", "share", "closure")
    assert first.low[0] == pytest.approx(10 * at(SIGMA, 0.05)[0] + at(SHARE, 0.5)[0], rel=EXACT)
    assert first.high_setting[0] == "quantile 0.95"
    assert first.source == "estimate A"
    assert third.swing[0] == 0
    top = found.tornado("which")[0]
    assert (top.name, top.low_setting[1], top.high_setting[1]) == ("closure", "additive", "multiplicative")
    with pytest.raises(UnknownCodeError, match="outcome"):
        found.tornado("levels of sea")


def failing(part):
    def unlucky(sample):
        if sample.number("sigma") > at(SIGMA, 1 - part)[0]:
            raise ConvergenceError("the model", residual=0.5, iterations=9)
        return [sample.number("sigma")]

    return unlucky


def test_a_few_unsolved_draws_are_counted_and_kept():
    found = run_draws(failing(0.04), ["y"], [SIGMA], seed=2, draws=200)
    assert found.solved_ratio == pytest.approx(0.96, abs=0.006)
    assert found.sample.shape == (round(200 * found.solved_ratio), 1)
    assert "residual 0.5" in found.failures[0]
    (lever,) = found.levers
    assert lever.failed == ()


def test_too_many_unsolved_draws_raise_with_the_share():
    with pytest.raises(ConvergenceError, match=r"only 90\.\d% of 200 draws solved, below 95%") as caught:
        run_draws(failing(0.10), ["y"], [SIGMA], seed=2, draws=200)
    assert caught.value.residual == 0.5


def test_a_setting_that_fails_is_left_out_of_its_bar():
    found = run_draws(failing(0.045), ["y"], [SIGMA], seed=2, draws=200, interval=0.95)
    (lever,) = found.levers
    assert lever.failed == ("quantile 0.975",)
    assert lever.high_setting == ("quantile 0.5",)


def test_samples_solved_together_say_what_those_solved_alone_say():
    handed = []

    def many(samples):
        handed.append(len(samples))
        return [model(one) for one in samples]

    together = run_draws(OfMany(many, 64), ["level", "which"], [SIGMA, SHARE, CLOSURE], seed=7, draws=200)
    alone = run()
    # 200 draws, the centre, and three, three and two settings.
    assert handed == [64, 64, 64, 17]
    for name in ("sample", "low", "central", "high", "at_central"):
        np.testing.assert_array_equal(getattr(together, name), getattr(alone, name))
    for one, other in zip(together.levers, alone.levers, strict=True):
        np.testing.assert_array_equal(one.swing, other.swing)
        assert (one.low_setting, one.high_setting) == (other.low_setting, other.high_setting)


def test_of_samples_solved_together_only_those_that_fail_are_left_out():
    one_by_one = failing(0.04)
    together = OfMany(lambda samples: [one_by_one(one) for one in samples], 50)
    found, alone = (run_draws(how, ["y"], [SIGMA], seed=2, draws=200) for how in (together, one_by_one))
    assert found.solved_ratio == alone.solved_ratio < 1
    np.testing.assert_array_equal(found.sample, alone.sample)
    assert found.failures == alone.failures


def test_mistakes_pass_through():
    def broken(sample):
        raise ModelInputError("theta must be above 0")

    with pytest.raises(ModelInputError, match="theta"):
        run_draws(broken, ["y"], [SIGMA], seed=1, draws=5)


@pytest.mark.parametrize("answer", [[1.0, 2.0], [np.nan], [np.inf]])
def test_outcomes_that_are_refused(answer):
    with pytest.raises(ModelInputError, match="a model must return 1 finite numbers"):
        run_draws(lambda sample: answer, ["y"], [SIGMA], seed=1, draws=5)


def test_settings_that_are_refused():
    for more in ({"draws": 0}, {"interval": 1.0}):
        with pytest.raises(ModelInputError, match="draws must be at least 1"):
            run(**more)
    with pytest.raises(ModelInputError, match="'sigma' is there twice"):
        run_draws(model, ["a", "b"], [SIGMA, SIGMA], seed=1, draws=5)
    with pytest.raises(ModelInputError, match="at least one label"):
        run_draws(model, ["a", "b"], [], seed=1, draws=5)


def test_a_sample_is_read_by_kind():
    sample = Sample({"sigma": np.array([4.0]), "theta": np.array([1.0, 2.0]), "closure": "additive"})
    assert sample.number("sigma") == 4.0
    assert sample.choice("closure") == "additive"
    np.testing.assert_allclose(sample.vector("theta"), [1.0, 2.0])
    with pytest.raises(ModelInputError, match="theta is not one number"):
        sample.number("theta")
    with pytest.raises(ModelInputError, match="closure is a choice"):
        sample.vector("closure")
    with pytest.raises(ModelInputError, match="sigma is numbers"):
        sample.choice("sigma")
    with pytest.raises(UnknownCodeError, match="parameter"):
        sample.number("tau")
