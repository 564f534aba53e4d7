"""Every chart once, as a Vega-Lite specification."""
