"""Pictures of a forecast as Vega-Lite specifications, drawn by a process of their own.

Specifications are plain data and names stand in their data alone, never in an expression. Nothing
is imported here, since the drawing process should start fast.
"""
