"""Recipe of the built-in recogniser: material, model, training, export and measurement (`[train]` extra)."""
