"""The engines that run the expressions, one module each; ``store/engine.py`` says what an engine is."""
