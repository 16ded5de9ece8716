"""Draws of all strengths: `mean + factor @ z` for many draws at once."""

from __future__ import annotations

import numpy as np

from forecast.jit import jit

__all__ = ["transform_normals"]


@jit
def transform_normals(
    mean: np.ndarray, factor: np.ndarray, normals: np.ndarray, out: np.ndarray
) -> None:
    """Fill `out[draw]` with `mean + factor @ normals[:, draw]`.

    `factor` is lower triangular, float64 of shape (dimensions, rank), `normals` of shape
    (rank, draws), `out` of shape (dimensions, draws). The inner loop runs over draws, so it
    vectorises while every sum keeps its order, and with it its bits on every machine.
    """
    for i in range(mean.size):
        row = out[i]
        for draw in range(row.size):
            row[draw] = mean[i]
        for k in range(min(i + 1, factor.shape[1])):
            weight = factor[i, k]
            column = normals[k]
            for draw in range(row.size):
                row[draw] += weight * column[draw]
