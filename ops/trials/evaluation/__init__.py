"""How well the matcher finds marks: labelled data, tricks, baselines and measures."""
