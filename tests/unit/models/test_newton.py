"""The solver: it solves, it follows a path where one leap is too long, and returns nothing unsolved."""

import numpy as np
import pytest

from techbalance.errors import ConvergenceError
from techbalance.models.newton import TOLERANCE, Root, find_root, follow_path


def test_solves_a_system():
    def system(x):
        return np.array([x[0] ** 2 + x[1] - 3.0, x[0] - x[1] + 1.0])

    def jacobian(x):
        return np.array([[2 * x[0], 1.0], [1.0, -1.0]])

    root = find_root(system, jacobian, np.array([3.0, 0.0]), what="a circle")
    np.testing.assert_allclose(root.point, [1.0, 2.0], rtol=1e-10)
    assert root.residual <= TOLERANCE


def test_halves_steps_that_overshoot():
    """Newton on arctan diverges from 3 unless the step is cut."""
    root = find_root(np.arctan, lambda x: np.diag(1 / (1 + x**2)), np.array([3.0]), what="an arc")
    assert abs(root.point[0]) < TOLERANCE


def test_steps_out_of_the_allowed_region_are_cut():
    root = find_root(
        lambda x: np.log(x) if np.all(x > 0) else None,
        lambda x: np.diag(1 / x),
        np.array([30.0]),
        what="a log",
    )
    assert root.point[0] == pytest.approx(1.0)


def test_a_system_without_a_solution_raises_with_its_residual():
    with pytest.raises(ConvergenceError, match="a parabola did not reach the tolerance") as caught:
        find_root(lambda x: x**2 + 1.0, lambda x: np.diag(2 * x), np.array([2.0]), what="a parabola")
    assert caught.value.residual >= 1.0
    assert caught.value.iterations > 1


def test_a_start_that_is_not_allowed_raises():
    with pytest.raises(ConvergenceError, match="residual inf after 1 steps"):
        find_root(lambda x: None, lambda x: np.eye(1), np.array([0.0]), what="nothing")


def test_an_undetermined_direction_is_left_alone():
    """Only the difference of the two is determined; the least-norm step keeps their mean."""
    root = find_root(
        lambda x: np.array([x[0] - x[1] - 1.0, x[1] - x[0] + 1.0]),
        lambda x: np.array([[1.0, -1.0], [-1.0, 1.0]]),
        np.zeros(2),
        what="a difference",
    )
    np.testing.assert_allclose(root.point, [0.5, -0.5])


def test_a_path_is_followed_where_one_leap_fails():
    parts = []

    def solve_at(part, start):
        parts.append(part)
        if part - start[0] > 0.3:
            raise ConvergenceError("too far", residual=1.0, iterations=4)
        return Root(np.array([part]), 0.0, 2)

    root = follow_path(solve_at, np.zeros(1))
    assert root.point[0] == 1.0
    assert root.iterations == sum(4 if part - before > 0.3 else 2 for part, before in trail(parts))


def trail(parts):
    reached = 0.0
    for part in parts:
        yield part, reached
        if part - reached <= 0.3:
            reached = part


def test_a_path_that_breaks_off_raises():
    def solve_at(part, start):
        if part > 0.5:
            raise ConvergenceError("no equilibrium", residual=0.7, iterations=3)
        return Root(np.array([part]), 0.0, 1)

    with pytest.raises(ConvergenceError, match="no equilibrium") as caught:
        follow_path(solve_at, np.zeros(1))
    assert caught.value.residual == 0.7
