"""Draws of all strengths: scrambled points, and `mean + factor @ z` for many draws at once."""

from __future__ import annotations

import numpy as np

from forecast.jit import jit

__all__ = ["scramble_points", "transform_normals"]


@jit
def scramble_points(
    points: np.ndarray, columns: np.ndarray, shift: np.ndarray, out: np.ndarray
) -> None:
    """Fill `out` with randomly scrambled points: a matrix over GF(2) and a shift a coordinate.

    `points` and `out` are uint32 of shape (dimensions, draws), `columns` of shape (dimensions,
    bits): what bit b of a point, counted from its highest, turns into; `shift` of shape
    (dimensions,). Source: Matousek, On the L2-discrepancy for anchored boxes, J. Complexity 14
    (1998), random linear scrambling.
    """
    bits = columns.shape[1]
    for i in range(points.shape[0]):
        row, point = out[i], points[i]
        for draw in range(row.size):
            row[draw] = shift[i]
        for bit in range(bits):
            column, position = columns[i, bit], np.uint32(bits - 1 - bit)
            for draw in range(row.size):
                row[draw] ^= column * ((point[draw] >> position) & np.uint32(1))


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
