"""Who supplies what? The parts that dependence, stress and diversion share."""
